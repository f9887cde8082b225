import { createHash, createHmac, randomBytes } from 'node:crypto';
import { sessionIds } from '../ids.js';

export const maxLoginFailures = 10;
export const throttleWindowMs = 15 * 60_000;

/** How much longer than a token lives its end is remembered: verifiers allow for a clock that is a little off. */
export const clockMarginSeconds = 60;

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A refresh token names its session, so that a spent one still tells whose family to end. */
export const newRefreshToken = (sessionId: string): string =>
  `${sessionIds.encode(sessionId)}.${randomBytes(32).toString('base64url')}`;

/** The successor is derived, not drawn: a repeated exchange answers the same without keeping tokens in clear. */
export function successorOf(token: string, sessionId: string, secret: string): string {
  const derived = createHmac('sha256', secret).update(`refresh:${token}`).digest('base64url');
  return `${sessionIds.encode(sessionId)}.${derived}`;
}

export type Exchange = 'rotate' | 'repeat' | 'replay';

/**
 * What a presented refresh token means. The predecessor of an unused token is answered again (the response may have
 * been lost, or two calls ran in parallel); anything older is a replay and ends the session.
 */
export function judgeExchange(
  presentedHash: string,
  session: { readonly currentHash: string; readonly previousHash: string | null },
): Exchange {
  if (presentedHash === session.currentHash) return 'rotate';
  return presentedHash === session.previousHash ? 'repeat' : 'replay';
}

/** The roles a token carries: REGULAR always, the others from standing and offices. */
export function rolesOf(account: { isSuperUser: boolean }, offices: readonly { role: string }[]): string[] {
  const held = [...new Set(offices.map((office) => office.role))];
  return [...(account.isSuperUser ? ['SUPER_USER'] : []), ...held.sort(), 'REGULAR'];
}
