import { setTimeout as delay } from 'node:timers/promises';
import { NIL, v7 } from 'uuid';
import { systemClock, type Clock } from '../clock.js';
import {
  beginLongJob,
  cancelLongJob,
  endLongJob,
  findLongJob,
  insertLongJob,
  noteProgress,
  type Begun,
  type RunKey,
} from '../long-jobs/rows.js';
import type { MessageDefinitions, StateType } from './definitions.js';
import type { Outbox, StateMessage } from './outbox.js';
import type { SqlTransaction, TransactionRunner } from './transaction.js';

/** How what is so of one kind of thing is told again: key by key, in pages. */
export interface StateOf<Definitions extends MessageDefinitions, Tx> {
  /** What `tell` answers. */
  readonly types: readonly StateType<Definitions>[];
  count(this: void, db: Tx): Promise<number>;
  /** The next keys in ascending order; the first ones when `after` is null. */
  keysAfter(this: void, db: Tx, after: string | null, limit: number): Promise<string[]>;
  /**
   * What is so of a key, in the versions that were told. It locks one row first, that which every change of it locks: so it
   * is told after what it follows from and before what changes it, and cannot be part of a deadlock. Nothing for what is gone.
   */
  tell(this: void, tx: Tx, key: string): Promise<StateMessage<Definitions>[]>;
}

export type States<Definitions extends MessageDefinitions, Tx> = Readonly<
  Record<string, StateOf<Definitions, Tx>>
>;

export interface Retelling<Definitions extends MessageDefinitions, Tx extends SqlTransaction> {
  readonly db: Tx;
  readonly transaction: TransactionRunner<Tx>;
  readonly outbox: Pick<Outbox<Definitions>, 'retellAll'>;
  readonly states: States<Definitions, Tx>;
  readonly clock?: Clock;
}

export interface RetellingProgress {
  readonly state: string;
  /** Keys of all states. */
  readonly done: number;
  readonly total: number;
}

export interface RetellingOptions {
  /** Those types only; all when absent. */
  readonly types?: readonly string[] | undefined;
  /** Messages a second at most. */
  readonly rate: number;
  /** Begins at the first key, although one was stopped in the middle. */
  readonly isAnew?: boolean;
  /** After each page, and first when it goes on where one was stopped. */
  readonly onProgress?: (progress: RetellingProgress) => void;
  /** The relay is behind: nothing is told until it has caught up. */
  readonly onWaiting?: () => void;
}

interface Cursor {
  readonly state: string;
  readonly after: string;
}

const kind = 'retelling';
const keepDays = 30;
const pageSize = 100;
/** What may wait for the relay before no more is added: what it takes in one step. */
const mostUnpublished = 200;

/**
 * Tells again what is so, each key in a transaction with the note that it was told: one that was stopped goes on where it
 * was. Of two for the same types the later one goes on, and the earlier one throws. Returns how many keys there were.
 */
export async function retell<Definitions extends MessageDefinitions, Tx extends SqlTransaction>(
  { db, transaction, outbox, states, clock = systemClock }: Retelling<Definitions, Tx>,
  { types, rate, isAnew = false, onProgress, onWaiting }: RetellingOptions,
): Promise<number> {
  const isAsked = (type: string) => !types || types.includes(type);
  const asked = Object.entries(states).filter(([, state]) => state.types.some(isAsked));
  const { run, begun } = await begin(db, { key: types?.join() ?? 'all', at: clock.now(), isAnew });
  const cursor = begun.cursor as Cursor | null;
  const total = begun.total ?? (await countAll(db, asked));
  const pace = createPace(rate);
  let { done } = begun;
  if (cursor) onProgress?.({ state: cursor.state, done, total });

  const tellOne = (name: string, state: StateOf<Definitions, Tx>, key: string): Promise<number> =>
    transaction(async (tx) => {
      const messages = (await state.tell(tx, key)).filter(({ type }) => isAsked(type));
      if (messages.length > 0) await outbox.retellAll(tx, messages);
      const reached: Cursor = { state: name, after: key };
      assertGoesOn(await noteProgress(tx, run, { done: done + 1, total, cursor: reached }));
      return messages.length;
    });

  async function tellState(name: string, state: StateOf<Definitions, Tx>): Promise<void> {
    let after = cursor?.state === name ? cursor.after : null;
    for (;;) {
      const keys = await state.keysAfter(db, after, pageSize);
      if (keys.length === 0) return;
      await untilRelayed(db, onWaiting);
      for (const key of keys) {
        const told = await tellOne(name, state, key);
        done++;
        await pace(told);
      }
      after = keys.at(-1)!;
      onProgress?.({ state: name, done, total });
    }
  }

  const first = asked.findIndex(([name]) => name === cursor?.state);
  for (const [name, state] of asked.slice(Math.max(0, first))) await tellState(name, state);
  assertGoesOn(await endLongJob(db, run, { status: 'SUCCEEDED', result: null, at: clock.now(), keepDays }));
  return done;
}

/** The one that is under way, or a new one. Whoever had it before writes nothing from now on. */
async function begin(
  db: SqlTransaction,
  { key, at, isAnew }: { key: string; at: Date; isAnew: boolean },
): Promise<{ run: RunKey; begun: Begun }> {
  const stopped = isAnew && (await findLongJob(db, kind, key));
  if (stopped) await cancelLongJob(db, { id: stopped, kind, at, keepDays });
  await insertLongJob(db, { id: v7(), kind, ownerId: NIL, key, input: null, createdAt: at });
  const id = await findLongJob(db, kind, key);
  const begun = id && (await beginLongJob(db, id, at));
  if (!id || !begun) throw takenOver();
  return { run: { id, run: begun.run }, begun };
}

const takenOver = () => new Error('Another one like it goes on from here.');

function assertGoesOn(isMine: boolean): void {
  if (!isMine) throw takenOver();
}

async function countAll<Tx>(
  db: Tx,
  states: readonly (readonly [string, { count(this: void, db: Tx): Promise<number> }])[],
): Promise<number> {
  let total = 0;
  for (const [, { count }] of states) total += await count(db);
  return total;
}

/** So that what happens meanwhile waits for one step of the relay, and a relay that is away does not find millions. */
async function untilRelayed(db: SqlTransaction, onWaiting: (() => void) | undefined): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    const waiting = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM kit.outbox WHERE sequence IS NULL LIMIT ${mostUnpublished}::int`;
    if (waiting.length < mostUnpublished) return;
    if (!isTold) onWaiting?.();
    await delay(250);
  }
}

/** Waits until as many messages would have been told at `rate` a second. */
function createPace(rate: number): (messages: number) => Promise<void> {
  let freeAt = performance.now();
  return async (messages) => {
    freeAt = Math.max(freeAt, performance.now()) + (messages / rate) * 1_000;
    await delay(freeAt - performance.now());
  };
}
