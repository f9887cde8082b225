import { AppError, parseInput, type Clock, type Outbox, type OutgoingMessage } from '@diaspora/kit';
import type { Profile } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { profileChanges } from './rules.js';

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
    const data = parseInput(profileChanges, changes);
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
      await outbox.publish(tx, profileChanged(profile));
      return profile;
    });
  }

  return { update };
}

/** The message that carries the whole public profile. */
export function profileChanged(profile: Profile): OutgoingMessage<UsersMessages, 'user.profileChanged'> {
  const userId = userIds.encode(profile.accountId);
  const { version, displayName, headline, countryOfOrigin, countryOfResidence, city } = profile;
  const { languages, domains, isDiscoverable } = profile;
  return {
    type: 'user.profileChanged',
    key: userId,
    data: {
      userId,
      version,
      displayName,
      headline,
      countryOfOrigin,
      countryOfResidence,
      city,
      languages,
      domains,
      isDiscoverable,
    },
  };
}
