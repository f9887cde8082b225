import { AppError, parseInput, type Audit, type Clock, type Outbox, type StateOf } from '@diaspora/kit';
import type { PlatformSettings } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { UsersMessages } from '../messages.js';
import { assertSuperUser } from '../super-users/index.js';
import { settingsAfter, settingsChanges } from './rules.js';

export type Platform = ReturnType<typeof createPlatformSettings>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
}

/** The settings of the platform: kept in the database, so that changing one needs no start of anything. */
export function createPlatformSettings({ db, clock, outbox, audit }: Dependencies) {
  const settings = (tx: Transaction = db): Promise<PlatformSettings> =>
    tx.platformSettings.findFirstOrThrow({ orderBy: { version: 'desc' } });

  /** A new version, if nobody made one since the expected one: the primary key decides between two at once. */
  async function update(actorId: string, input: { expectedVersion: number }): Promise<PlatformSettings> {
    const { expectedVersion, ...given } = input;
    const changes = parseInput(settingsChanges, given);
    return db.$transaction(async (tx) => {
      await assertSuperUser(tx, actorId);
      const before = await settings(tx);
      if (before.version !== expectedVersion) throw changedMeanwhile(before);
      const after = settingsAfter(before, changes);
      const version = { version: expectedVersion + 1, changedBy: actorId, changedAt: clock.now() };
      const [changed] = await tx.platformSettings.createManyAndReturn({
        data: [{ ...after, ...version }],
        skipDuplicates: true,
      });
      if (!changed) throw changedMeanwhile(await settings(tx));
      await tell(tx, before, changed);
      return changed;
    });
  }

  const changedMeanwhile = (current: PlatformSettings) =>
    new AppError('CONFLICT', 'The settings have changed meanwhile.', {
      path: ['expectedVersion'],
      payload: { settings: current },
    });

  async function tell(tx: Transaction, before: PlatformSettings, after: PlatformSettings): Promise<void> {
    await outbox.publish(tx, settingsChanged(after));
    await audit.record(tx, {
      action: 'platform.settingsChanged',
      subject: { type: 'PlatformSettings', id: 'platform' },
      before: valuesOf(before),
      after: valuesOf(after),
    });
  }

  return { settings, update };
}

/** What everybody may know of the settings. */
function settingsChanged(settings: PlatformSettings) {
  const { version, isRegistrationOpen, maintenanceNotice, minimumAge, consulEventsPerYear } = settings;
  const data = { version, isRegistrationOpen, maintenanceNotice, minimumAge, consulEventsPerYear };
  return { type: 'platform.settingsChanged', key: 'platform', data } as const;
}

const valuesOf = ({ changedBy: _by, changedAt: _at, ...values }: PlatformSettings) => values;

/** One key. A version is a row that nobody changes, and the highest one told is what holds. */
export const settingsState: StateOf<UsersMessages, Transaction> = {
  types: ['platform.settingsChanged'],
  count: async () => 1,
  keysAfter: async (_db, after) => (after ? [] : ['platform']),
  tell: async (tx) => [
    settingsChanged(await tx.platformSettings.findFirstOrThrow({ orderBy: { version: 'desc' } })),
  ],
};
