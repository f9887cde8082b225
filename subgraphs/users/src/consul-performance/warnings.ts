import { onJob, type Clock, type Outbox } from '@diaspora/kit';
import type { Office } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { warnOfMandate } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import { placeOf, superiorsOf, type Offices } from '../offices/index.js';
import type { Platform } from '../platform-settings/index.js';
import { readMeasures } from './measures.js';
import { eventsMissing, eventsOwed } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly offices: Pick<Offices, 'lock'>;
  readonly settings: Platform['settings'];
}

/** While there is time to hold them, a consul and those above hear of the events that the mandate of the term still asks for. */
export function createMandateWarnings({ db, clock, outbox, offices, settings }: Dependencies) {
  /** The job some weeks ahead of a term's end. What was ended, made longer or is over by now is not warned of. */
  async function warn(due: { officeId: string; endsAt: string }): Promise<void> {
    const { consulEventsPerYear } = await settings();
    await db.$transaction(async (tx) => {
      const office = await offices.lock(tx, due.officeId);
      const endsAt = office?.endsAt;
      if (!endsAt || office.endedAt || endsAt.toISOString() !== due.endsAt || endsAt <= clock.now()) return;
      const held = await heldBy(tx, office);
      const missing = eventsMissing(
        held,
        eventsOwed({ from: office.startsAt, to: endsAt }, consulEventsPerYear),
      );
      if (missing > 0)
        await tell(tx, office, { endsAt: due.endsAt, eventsHeld: held, eventsMissing: missing });
    });
  }

  async function heldBy(tx: Transaction, { id: officeId, startsAt: from }: Office): Promise<number> {
    const now = clock.now();
    return (await readMeasures(tx, [{ officeId, from, to: now }], now)).get(officeId)!.held;
  }

  async function tell(
    tx: Transaction,
    office: Office,
    standing: { endsAt: string; eventsHeld: number; eventsMissing: number },
  ): Promise<void> {
    const superiorIds = await superiorsOf(tx, office, office.holderId, clock.now());
    const data = { ...placeOf(office), ...standing, superiorIds };
    await outbox.publish(tx, { type: 'office.mandateAtRisk', key: data.userId, data });
  }

  return onJob(warnOfMandate, warn);
}
