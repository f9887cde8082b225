import { addJob, type Clock, type Logger } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { processProviderEvent } from '../jobs.js';
import type { PaymentNews, ProviderEvent, Providers } from '../providers/index.js';

export type Inbox = ReturnType<typeof createInbox>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly providers: Providers;
  /** Applies news in the given transaction and says what became of it. */
  readonly settle: (tx: Transaction, provider: string, news: PaymentNews) => Promise<string>;
}

/** Money of another amount or payment than was asked for, money that bought nothing, money of nobody we know. */
const needsAPerson = new Set(['MISMATCH', 'OWED_BACK', 'UNKNOWN_PAYMENT']);

/** Events of this age may still be missing from the part of a provider's list that was read. */
const overlapMs = 3_600_000;
/** How far the first sweep looks back. */
const firstSweepMs = 30 * 86_400_000;

/** What providers tell: stored once, applied later, each in one transaction. */
export function createInbox({ db, clock, log, providers, settle }: Dependencies) {
  /** Stores an event and the job that applies it. The same event again is no news. */
  async function receive(provider: string, event: ProviderEvent): Promise<void> {
    await db.$transaction(async (tx) => {
      const { id: eventId, type, body, occurredAt } = event;
      const { count } = await tx.providerEvent.createMany({
        data: [{ provider, eventId, type, body, occurredAt, receivedAt: clock.now() }],
        skipDuplicates: true,
      });
      if (count > 0) await addJob(tx, processProviderEvent, { provider, eventId });
    });
  }

  /** The job: the state change, its messages and the mark that it was done commit together. */
  async function process({ provider, eventId }: { provider: string; eventId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`
        SELECT 1 FROM provider_events WHERE provider = ${provider} AND event_id = ${eventId} FOR UPDATE`;
      const key = { provider_eventId: { provider, eventId } };
      const event = await tx.providerEvent.findUniqueOrThrow({ where: key });
      if (event.processedAt) return;
      const news = providers.named(provider).interpret(event);
      const outcome = news ? await settle(tx, provider, news) : 'UNKNOWN_TYPE';
      if (needsAPerson.has(outcome)) log.error({ provider, eventId, outcome }, 'a payment needs a person');
      await tx.providerEvent.update({ where: key, data: { processedAt: clock.now(), outcome } });
    });
  }

  /** Reads the providers' own lists for what no webhook brought. */
  async function sweep(): Promise<void> {
    for (const source of providers.all) {
      const provider = source.name;
      const startedAt = clock.now();
      const known = await db.providerSweep.findUnique({ where: { provider } });
      const lookBackMs = known ? overlapMs : firstSweepMs;
      const since = new Date((known?.sweptUntil ?? startedAt).getTime() - lookBackMs);
      for await (const event of source.fetchEvents(since)) await receive(provider, event);
      await db.providerSweep.upsert({
        where: { provider },
        create: { provider, sweptUntil: startedAt },
        update: { sweptUntil: startedAt },
      });
    }
  }

  return { receive, process, sweep };
}
