import { AppError, foldName, idempotencyKey, line } from '@diaspora/kit';
import { z } from 'zod';
import { actionPattern, may, mayGrant, outranks, type Actor, type Holdings } from '../authority/index.js';

export const maxRoles = 100;
/** Of one member. */
export const maxGrants = 200;

const action = z.string().max(60).regex(actionPattern, 'is not an action');

export const newGrant = z.object({
  idempotencyKey: idempotencyKey(),
  effect: z.enum(['ALLOW', 'DENY']),
  action: action.nullish(),
});

const actions = z
  .array(action)
  .min(1)
  .max(100)
  .transform((all) => [...new Set(all)].sort());
const name = line({ max: 80 });

export const newRole = z.object({ idempotencyKey: idempotencyKey(), name, actions });
export const roleChanges = z.object({ name: name.optional(), actions: actions.optional() });

export const roleKeyOf = foldName;

/** A change of what a member may do at the actor's place and below. */
export interface Change {
  readonly member: Holdings;
  readonly actions: readonly string[];
  /** True when the member may do more afterwards: something is granted, or a denial lifted. */
  readonly isRaising: boolean;
}

/**
 * Throws FORBIDDEN for a change that is not the actor's to make. Nobody gives what they lack anywhere in its reach, gives
 * themselves anything, or takes from those who answer for grants further up.
 */
export function assertMayChange(
  { holdings, place, userId }: Actor,
  { member, actions, isRaising }: Change,
): void {
  if (!may(holdings, 'grants.manage', place.path)) throw refusal('Grants here are not yours to manage.');
  if (!isRaising) {
    if (outranks(member, holdings, place.path)) throw refusal('This member answers for grants further up.');
    return;
  }
  if (member.userId === userId) throw refusal('Nobody grants themselves anything.');
  if (!mayGrant(holdings, actions, place.path)) throw refusal('You do not have all of this here and below.');
}

const refusal = (message: string) => new AppError('FORBIDDEN', message);

/** What a change of a role does through one grant of it: what is gained, and what is lost. */
export function changesOfRole(
  before: readonly string[],
  after: readonly string[],
  effect: 'ALLOW' | 'DENY',
): { isRaising: boolean; actions: string[] }[] {
  const added = after.filter((each) => !before.includes(each));
  const removed = before.filter((each) => !after.includes(each));
  return [
    { isRaising: effect === 'ALLOW', actions: added },
    { isRaising: effect === 'DENY', actions: removed },
  ].filter(({ actions: changed }) => changed.length > 0);
}
