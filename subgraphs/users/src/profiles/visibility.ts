import type { Profile } from '../__generated__/prisma/client.js';
import { isBlocked, isModerator } from '../connections/index.js';
import type { Context } from '../context.js';
import { audienceOf, isSeenBy, type Beholder, type ProfileField } from './rules.js';

/** What the viewer is to a person; one read for all people of an operation. Moderators see past blocks. */
async function beholderOf({ accountId }: Profile, { viewer, loaders }: Context): Promise<Beholder> {
  if (viewer?.kind !== 'person') return 'OTHER';
  if (viewer.id === accountId) return 'SELF';
  const pair = await loaders.relation.load(accountId);
  if (!pair) return 'OTHER';
  if (isBlocked(pair) && !isModerator(viewer)) return 'BLOCKED';
  return pair.mine.friendsSince ? 'FRIEND' : 'OTHER';
}

/** Whether the viewer sees a field of a profile, whichever way led to it. */
export const maySee = async (profile: Profile, field: ProfileField, context: Context): Promise<boolean> =>
  isSeenBy(audienceOf(profile, field), await beholderOf(profile, context));

/** A resolver of a field that shows `hidden` to those it is not for. */
export const shownTo =
  <Value>(field: ProfileField, valueOf: (profile: Profile) => Value, hidden: NoInfer<Value>) =>
  async (profile: Profile, _args: object, context: Context): Promise<Value> =>
    (await maySee(profile, field, context)) ? valueOf(profile) : hidden;
