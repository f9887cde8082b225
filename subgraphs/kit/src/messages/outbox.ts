import { v7 } from 'uuid';
import { systemClock, type Clock } from '../clock.js';
import { currentOperation } from '../operation.js';
import type { Envelope, MessageDefinitions, MessageOf, MessageType } from './definitions.js';
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
}

export function createOutbox<Definitions extends MessageDefinitions>(
  definitions: Definitions,
  { ids = v7, clock = systemClock }: { ids?: () => string; clock?: Clock } = {},
): Outbox<Definitions> {
  return {
    async publish(tx, { type, key, data, requestId = currentOperation()?.requestId, traceparent }) {
      const definition = definitions.types[type];
      if (!definition) throw new Error(`${definitions.source} declares no message "${type}"`);
      const envelope: Envelope = {
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
      await tx.$executeRaw`
        INSERT INTO kit.outbox (id, type, key, envelope)
        VALUES (${envelope.id}::uuid, ${type}, ${key}, ${toJsonb(envelope)}::jsonb)`;
      return envelope.id;
    },
  };
}
