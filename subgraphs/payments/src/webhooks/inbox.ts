import { addJob, dayMs, hourMs, type Clock, type Logger, type Page } from '@diaspora/kit';
import type { Registry } from 'prom-client';
import type { ProviderEvent as StoredEvent } from '../__generated__/prisma/client.js';
import type { Outcome } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { processProviderEvent } from '../jobs.js';
import { eventCounter } from './metrics.js';
import { subjectsOf } from './subjects.js';
import { unreadableType, type News, type ProviderEvent, type Providers } from '../providers/index.js';

export type Inbox = ReturnType<typeof createInbox>;

export type EventOutcome = Outcome | 'UNKNOWN_TYPE' | 'UNREADABLE' | 'OTHER_ACCOUNT';

export interface EventFilter {
  readonly outcome?: EventOutcome | null | undefined;
  readonly provider?: string | null | undefined;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly providers: Providers;
  readonly registry: Registry | undefined;
  /** Applies news in the given transaction and says what became of it. */
  readonly settle: (tx: Transaction, provider: string, news: News) => Promise<Outcome>;
}

/** Money of another amount or payment than was asked for, refunds that do not arrive, money of nobody we know. */
const needsAPerson = new Set<string>([
  'MISMATCH',
  'EXCEEDS_PAYMENT',
  'REFUND_FAILED',
  'UNKNOWN_PAYMENT',
  'UNREADABLE',
  'UNKNOWN_TYPE',
]);

/** Events of this age may still be missing from the part of a provider's list that was read. */
const overlapMs = hourMs;
/** How far the first sweep looks back. */
const firstSweepMs = 30 * dayMs;
/**
 * What may make sense later is looked at again with every sweep, for so long: an event of a payment that nobody knows yet,
 * and a refund beside one of ours that a bank may still send back.
 */
const patienceMs: Readonly<Partial<Record<EventOutcome, number>>> = {
  UNKNOWN_PAYMENT: dayMs,
  EXCEEDS_PAYMENT: 30 * dayMs,
};
/** What waits for this long has lost its job. */
const lostAfterMs = 300_000;
const batchSize = 500;
/** How long the words of an event are kept that was worked on: as long as somebody may ask why. */
const keptMs = 90 * dayMs;

interface EventKey {
  readonly provider: string;
  readonly account: string;
  readonly eventId: string;
}

/** What providers tell: stored once, applied later, each in one transaction. */
export function createInbox({ db, clock, log, providers, registry, settle }: Dependencies) {
  const counted = eventCounter(registry);

  /** Stores an event and the job that applies it. The same event again is no news. */
  async function receive(provider: string, event: ProviderEvent): Promise<void> {
    await db.$transaction(async (tx) => {
      const { id: eventId, account, type, body, occurredAt } = event;
      const { count } = await tx.providerEvent.createMany({
        data: [
          {
            ...{ provider, account, eventId, type, body, occurredAt },
            subjects: subjectsOf(body),
            receivedAt: clock.now(),
          },
        ],
        skipDuplicates: true,
      });
      if (count > 0) await addJob(tx, processProviderEvent, { provider, account, eventId });
    });
  }

  /** The job: the state change, its messages and the mark that it was done commit together. */
  async function process({ provider, account, eventId }: EventKey): Promise<void> {
    const became = await db.$transaction(async (tx) => {
      await tx.$executeRaw`
        SELECT 1 FROM provider_events
        WHERE provider = ${provider} AND account = ${account} AND event_id = ${eventId} FOR UPDATE`;
      const key = { provider_account_eventId: { provider, account, eventId } };
      const event = await tx.providerEvent.findUniqueOrThrow({ where: key });
      if (event.processedAt) return null;
      const outcome = await apply(tx, event);
      const now = clock.now();
      const waits = now.getTime() - event.receivedAt.getTime() < (patienceMs[outcome] ?? 0);
      if (needsAPerson.has(outcome) && !(waits && event.outcome === outcome)) report(event, outcome);
      await tx.providerEvent.update({
        where: key,
        data: {
          processedAt: waits ? null : now,
          outcome,
          // Nobody reads the words of what means nothing here, and some of them are of people.
          ...(outcome === 'UNKNOWN_TYPE' && { body: '' }),
        },
      });
      return outcome;
    });
    if (became) counted.inc({ provider, outcome: became });
  }

  async function apply(tx: Transaction, event: StoredEvent): Promise<EventOutcome> {
    // Whoever owns another account of the provider writes into its events what they like.
    if (event.account !== '') return 'OTHER_ACCOUNT';
    if (event.type === unreadableType) return 'UNREADABLE';
    let news: News | undefined;
    try {
      news = providers.named(event.provider).interpret(event);
    } catch (error) {
      log.error({ provider: event.provider, eventId: event.eventId, err: error }, 'an event breaks its form');
      return 'UNREADABLE';
    }
    return news ? settle(tx, event.provider, news) : 'UNKNOWN_TYPE';
  }

  /** A type that means nothing to us is no trouble, but somebody should know that it comes. */
  function report({ provider, eventId, type }: StoredEvent, outcome: EventOutcome): void {
    const about = { provider, eventId, type, outcome };
    if (outcome === 'UNKNOWN_TYPE') log.warn(about, 'an event of a type that means nothing here');
    else log.error(about, 'a payment needs a person');
  }

  /** Reads the providers' own lists for what no webhook brought. One that fails does not hold up the others. */
  async function sweep(): Promise<void> {
    const failures: unknown[] = [];
    for (const { name } of providers.all)
      await sweepProvider(name).catch((error: unknown) => failures.push(error));
    await resume();
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} providers were not swept`);
  }

  async function sweepProvider(provider: string): Promise<void> {
    const startedAt = clock.now();
    const known = await db.providerSweep.findUnique({ where: { provider } });
    const lookBackMs = known ? overlapMs : firstSweepMs;
    const since = new Date((known?.sweptUntil ?? startedAt).getTime() - lookBackMs);
    for await (const event of providers.named(provider).fetchEvents(since)) await receive(provider, event);
    await db.providerSweep.upsert({
      where: { provider },
      create: { provider, sweptUntil: startedAt },
      update: { sweptUntil: startedAt },
    });
  }

  /** Events whose job was lost, or that came before the payment they tell of. */
  async function resume(): Promise<void> {
    const waiting = await db.providerEvent.findMany({
      where: { processedAt: null, receivedAt: { lt: new Date(clock.now().getTime() - lostAfterMs) } },
      orderBy: { receivedAt: 'asc' },
      take: batchSize,
      select: { provider: true, account: true, eventId: true },
    });
    for (const key of waiting) {
      const jobKey = `provider-event:${key.provider}:${key.account}:${key.eventId}`;
      await addJob(db, processProviderEvent, key, { jobKey });
    }
  }

  /** The nightly job: what was done long ago keeps its place and what became of it, not its words. */
  async function emptyOld(): Promise<void> {
    const before = new Date(clock.now().getTime() - keptMs);
    const emptySome = () => db.$executeRaw`
      UPDATE provider_events SET body = '' WHERE (provider, account, event_id) IN (
        SELECT provider, account, event_id FROM provider_events
        WHERE body <> '' AND processed_at < ${before} LIMIT ${batchSize})`;
    while ((await emptySome()) === batchSize);
  }

  const list = ({ outcome, provider }: EventFilter, page: Page): Promise<StoredEvent[]> =>
    db.providerEvent.findMany({
      where: { AND: [{ ...(outcome && { outcome }), ...(provider && { provider }) }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { receive, process, sweep, emptyOld, list };
}
