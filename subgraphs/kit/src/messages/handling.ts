import type { Logger } from '../logger.js';
import { inOperation } from '../operation.js';
import { unknownOrigin } from '../viewer.js';
import { describeFailure } from './failure.js';
import type { Message } from './handlers.js';
import type { Inbound, Judge } from './inbound.js';
import type { ParkedMessage, Parking } from './parking.js';
import type { TransactionRunner, SqlTransaction } from './transaction.js';

export interface HandlingOptions<Tx> {
  judge: Judge<Tx>;
  parking: Parking;
  transaction: TransactionRunner<Tx>;
  log: Logger;
  /** Pauses between the first attempts, made while the rest of the batch goes on. */
  attemptDelaysMs: readonly number[];
  /** Pause before the next attempt at a parked message, by the number of attempts so far. */
  retryDelayMs: (attempts: number) => number;
  /** Attempts at a parked message before it is dead. */
  maxAttempts: number;
  /** Ends early when the consumer stops. */
  delay: (ms: number) => Promise<void>;
  isActive: () => boolean;
  observe: Observer;
}

export interface Observer {
  handled(type: string, time: Date): void;
  unknown(): void;
  parked(): void;
  dead(): void;
  idle(): void;
}

type Ready<Tx> = Extract<Inbound<Tx>, { kind: 'ready' }>;
export type Outcome = 'settled' | 'blocked' | 'interrupted';

export interface Handling<Tx> {
  /** Handles one message of the stream. `blocked`: it and what follows of its key is parked. `interrupted`: not done. */
  handleFresh(inbound: Inbound<Tx>, keyIsBlocked: boolean): Promise<Outcome>;
  /** Handles the first parked message of a key, then those behind it until one fails. */
  readonly handleParked: (head: ParkedMessage) => Promise<void>;
}

/** What a message causes is recorded under the request that caused the message. */
const scopeOf = ({ requestId = '' }: Message) =>
  ({ cause: 'message', viewer: null, origin: unknownOrigin, requestId }) as const;

export function createHandling<Tx extends SqlTransaction>(options: HandlingOptions<Tx>): Handling<Tx> {
  const { judge, parking, log, observe, isActive } = options;

  /** The inbox row and the handler's writes commit together, so that a message counts once however often it comes. */
  async function handleOnce({ message, handler }: Ready<Tx>, wasParked = false): Promise<void> {
    const isFirst = await options.transaction(async (tx) => {
      const inserted = await tx.$executeRaw`
        INSERT INTO kit.inbox (message_id, source, type)
        VALUES (${message.id}::uuid, ${message.source}, ${message.type}) ON CONFLICT DO NOTHING`;
      if (inserted > 0) await inOperation(scopeOf(message), () => handler.handle(message, tx));
      if (wasParked)
        await tx.$executeRaw`DELETE FROM kit.parked_messages WHERE message_id = ${message.id}::uuid`;
      return inserted > 0;
    });
    if (isFirst) observe.handled(message.type, message.time);
  }

  async function attempt(inbound: Ready<Tx>): Promise<{ error?: unknown; interrupted?: boolean }> {
    for (let at = 0; ; at++) {
      try {
        await handleOnce(inbound);
        return {};
      } catch (error) {
        const pause = options.attemptDelaysMs[at];
        if (pause === undefined) return { error };
        await options.delay(pause);
        if (!isActive()) return { interrupted: true };
      }
    }
  }

  async function bury(inbound: Extract<Inbound<Tx>, { kind: 'invalid' }>): Promise<void> {
    const { id, key, type, envelope, reason } = inbound;
    await parking.park({ id, key, type, envelope, attempts: 0, error: reason, retryInMs: null });
    observe.dead();
    log.error({ messageId: id, type, reason }, 'Message is invalid; kept as a dead letter');
  }

  async function handleFresh(inbound: Inbound<Tx>, keyIsBlocked: boolean): Promise<Outcome> {
    if (inbound.kind === 'unknown') observe.unknown();
    if (inbound.kind === 'invalid') await bury(inbound);
    if (inbound.kind !== 'ready') return 'settled';
    const { id, key, message, envelope } = inbound;
    const parked = { id, key, type: message.type, envelope };
    if (keyIsBlocked) {
      await parking.park({ ...parked, attempts: 0, error: null, retryInMs: 0 });
      observe.parked();
      return 'blocked';
    }
    const { error, interrupted } = await attempt(inbound);
    if (interrupted) return 'interrupted';
    if (error === undefined) return 'settled';
    await parking.park({
      ...parked,
      attempts: 1,
      error: describeFailure(error),
      retryInMs: options.retryDelayMs(1),
    });
    observe.parked();
    log.warn({ messageId: id, type: message.type, error: describeFailure(error) }, 'Message failed; parked');
    return 'blocked';
  }

  /** True when the key may go on with its next message. */
  async function retry(parked: ParkedMessage): Promise<boolean> {
    const inbound = judge(parked.envelope);
    if (inbound.kind === 'unknown') {
      observe.unknown();
      await parking.remove(parked.id);
      return true;
    }
    const attempts = parked.attempts + 1;
    let failure: string;
    if (inbound.kind === 'invalid') failure = inbound.reason;
    else {
      try {
        await handleOnce(inbound, true);
        return true;
      } catch (error) {
        failure = describeFailure(error);
      }
    }
    const dead = inbound.kind === 'invalid' || attempts >= options.maxAttempts;
    await parking.reschedule(parked.id, {
      attempts,
      error: failure,
      retryInMs: dead ? null : options.retryDelayMs(attempts),
    });
    if (dead) {
      observe.dead();
      log.error(
        { messageId: parked.id, attempts, error: failure },
        'Message was given up; kept as a dead letter',
      );
    }
    return dead;
  }

  return {
    handleFresh,
    async handleParked(head) {
      let next: ParkedMessage | undefined = head;
      while (next && isActive() && (await retry(next))) next = await parking.headOf(head.key);
    },
  };
}
