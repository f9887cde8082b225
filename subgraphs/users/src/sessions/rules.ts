/** How much longer than a token lives its end is remembered: verifiers allow for a clock that is a little off. */
export const clockMarginSeconds = 60;

export type Exchange = 'rotate' | 'repeat' | 'replay' | 'refuse';

interface SessionTokens {
  /** Of the token that is valid now. */
  readonly generation: number;
  /** When tokens were exchanged of late, oldest first; the last one is that of the current token's predecessor. */
  readonly rotatedAt: readonly Date[];
}

/**
 * What a refresh token of ours means. The predecessor of an unused token is answered again: the response may have been
 * lost, or two calls ran in parallel. So is, for a while, what is older: a slow call of another tab. After that somebody
 * else has the token, and the session ends.
 */
export function judgeExchange(
  generation: number,
  session: SessionTokens,
  { now, replayWindowMs }: { now: Date; replayWindowMs: number },
): Exchange {
  const age = session.generation - generation;
  if (age < 0) return 'refuse'; // Of a time that the database has forgotten: it was restored.
  if (age === 0) return 'rotate';
  if (age === 1) return 'repeat';
  const rotatedAt = session.rotatedAt.at(-age);
  return rotatedAt && now.getTime() - rotatedAt.getTime() <= replayWindowMs ? 'repeat' : 'replay';
}

/** The exchanges that still matter after one at `now`. */
export const recentRotations = (
  rotatedAt: readonly Date[],
  { now, replayWindowMs }: { now: Date; replayWindowMs: number },
): Date[] => [...rotatedAt.filter((at) => now.getTime() - at.getTime() <= replayWindowMs), now];

/** The roles a token carries: REGULAR always, the others from standing and offices. */
export function rolesOf(
  account: { isSuperUser: boolean; eventOwnerSince: Date | null },
  offices: readonly { role: string }[],
): string[] {
  const held = [...new Set(offices.map((office) => office.role))];
  return [
    ...(account.isSuperUser ? ['SUPER_USER'] : []),
    ...held.sort(),
    ...(account.eventOwnerSince ? ['EVENT_OWNER'] : []),
    'REGULAR',
  ];
}
