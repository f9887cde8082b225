import { v7 } from 'uuid';
import { systemClock, type Clock } from '../clock.js';
import { currentOperation } from '../operation.js';
import {
  retold,
  type Envelope,
  type MessageDefinitions,
  type MessageOf,
  type MessageType,
  type StateType,
} from './definitions.js';
import { toJsonb } from './jsonb.js';
import type { SqlTransaction } from './transaction.js';

export interface OutgoingMessage<
  Definitions extends MessageDefinitions,
  Type extends MessageType<Definitions>,
> {
  type: Type;
  /** Messages of one key are handled in the order of their `publish` calls: lock the row the key stands for first. */
  key: string;
  data: MessageOf<Definitions, Type>;
  /** Default: that of the operation under way. */
  requestId?: string | undefined;
  traceparent?: string | undefined;
}

export interface Outbox<Definitions extends MessageDefinitions> {
  /**
   * Writes a message in the caller's transaction: it leaves when that commits and never when it rolls back.
   * Throws a ZodError when the data is not what the definition says. Returns the message id.
   */
  publish<Type extends MessageType<Definitions>>(
    tx: SqlTransaction,
    message: OutgoingMessage<Definitions, Type>,
  ): Promise<string>;
  /** The same for many messages of one type, in one statement and in their order. */
  publishAll<Type extends MessageType<Definitions>>(
    tx: SqlTransaction,
    messages: readonly OutgoingMessage<Definitions, Type>[],
  ): Promise<void>;
  /** The same for what is so already: only projections hear of it. */
  retellAll(tx: SqlTransaction, messages: readonly StateMessage<Definitions>[]): Promise<void>;
}

/** A message that says what is so. */
export type StateMessage<Definitions extends MessageDefinitions> = {
  [Type in StateType<Definitions>]: OutgoingMessage<Definitions, Type>;
}[StateType<Definitions>];

export function createOutbox<Definitions extends MessageDefinitions>(
  definitions: Definitions,
  { ids = v7, clock = systemClock }: { ids?: () => string; clock?: Clock } = {},
): Outbox<Definitions> {
  function seal<Type extends MessageType<Definitions>>(
    message: OutgoingMessage<Definitions, Type>,
  ): Envelope {
    const { type, key, data, requestId = currentOperation()?.requestId, traceparent } = message;
    const definition = definitions.types[type];
    if (!definition) throw new Error(`${definitions.source} declares no message "${type}"`);
    return {
      specversion: '1.0',
      id: ids(),
      source: definitions.source,
      type,
      subject: key,
      time: clock.now().toISOString(),
      dataversion: definition.version,
      ...(requestId !== undefined && { requestid: requestId }),
      ...(traceparent !== undefined && { traceparent }),
      datacontenttype: 'application/json',
      data: definition.schema.parse(data),
    };
  }

  async function insertAll(tx: SqlTransaction, envelopes: readonly Envelope[]): Promise<void> {
    const column = (of: (envelope: Envelope) => string) => envelopes.map(of);
    await tx.$executeRaw`
      INSERT INTO kit.outbox (id, type, key, envelope)
      SELECT id, type, key, envelope::jsonb
      FROM unnest(${column(({ id }) => id)}::uuid[], ${column(({ type }) => type)}::text[],
        ${column(({ subject }) => subject)}::text[], ${column(toJsonb)}::text[])
        WITH ORDINALITY AS message (id, type, key, envelope, place)
      ORDER BY place`;
  }

  return {
    async publish(tx, message) {
      const envelope = seal(message);
      await tx.$executeRaw`
        INSERT INTO kit.outbox (id, type, key, envelope)
        VALUES (${envelope.id}::uuid, ${envelope.type}, ${envelope.subject}, ${toJsonb(envelope)}::jsonb)`;
      return envelope.id;
    },
    publishAll: (tx, messages) => insertAll(tx, messages.map(seal)),
    retellAll: (tx, messages) =>
      insertAll(
        tx,
        messages.map((message) => ({ ...seal(message), type: retold(message.type) })),
      ),
  };
}
