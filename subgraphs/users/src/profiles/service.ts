import { AppError, parseInput, type Clock, type Outbox, type OutgoingMessage } from '@diaspora/kit';
import type { Audience, Profile } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { asShown, assertPast, columnsOf, forEverybody, profileChanges, whoMay } from './rules.js';

export type Profiles = ReturnType<typeof createProfiles>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
}

export function createProfiles({ db, clock, outbox }: Dependencies) {
  /** Changes a profile if it is still the expected version; the CONFLICT carries the current one otherwise. */
  async function update(accountId: string, input: { expectedVersion: number }): Promise<Profile> {
    const { expectedVersion, ...changes } = input;
    const { fields, ...data } = columnsOf(parseInput(profileChanges, changes));
    assertPast(data, clock.now());
    return db.$transaction(async (tx) => {
      const [profile] = await tx.profile.updateManyAndReturn({
        where: { accountId, version: expectedVersion },
        data: { ...data, version: { increment: 1 }, updatedAt: clock.now() },
      });
      if (!profile) {
        const user = await tx.profile.findUnique({ where: { accountId } });
        throw new AppError('CONFLICT', 'The profile has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { user },
        });
      }
      const changed = Object.keys(fields).length > 0 ? await choose(tx, profile, fields) : profile;
      await outbox.publish(tx, profileChanged(changed));
      return changed;
    });
  }

  /** Others see little more than the name of whoever is kept out, and nobody finds them. Answers the new version. */
  async function showSuspended(tx: Transaction, accountId: string, isSuspended: boolean): Promise<number> {
    const profile = await tx.profile.update({
      where: { accountId },
      data: { isSuspended, version: { increment: 1 } },
    });
    await outbox.publish(tx, profileChanged(profile));
    return profile.version;
  }

  /** Who sees which field; what is not named stays as it was. The row is locked by the change before. */
  const choose = (
    tx: Transaction,
    { accountId, fieldAudiences }: Profile,
    fields: Record<string, Audience>,
  ) =>
    tx.profile.update({
      where: { accountId },
      data: { fieldAudiences: { ...(fieldAudiences as object), ...fields } },
    });

  return { update, showSuspended };
}

/** The message that carries what of a profile is for everybody. */
export function profileChanged(profile: Profile): OutgoingMessage<UsersMessages, 'user.profileChanged'> {
  const userId = userIds.encode(profile.accountId);
  const { version, displayName, countryOfOrigin, countryOfResidence } = profile;
  const { contactableBy, invitableBy, findableBy } = whoMay(profile);
  return {
    type: 'user.profileChanged',
    key: userId,
    data: {
      userId,
      version,
      displayName,
      countryOfOrigin,
      countryOfResidence,
      ...forEverybody(asShown(profile)),
      isDiscoverable: findableBy === 'EVERYONE',
      contactableBy,
      invitableBy,
      findableBy,
    },
  };
}
