import type { z } from 'zod';
import {
  retold,
  type Envelope,
  type MessageDefinitions,
  type MessageOf,
  type MessageType,
  type StateType,
} from './definitions.js';

/** A message as a handler sees it: `data` is what the consumer's own schema made of it. */
export interface Message<Data = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly key: string;
  readonly time: Date;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly data: Data;
}

/** What to do with one message type, in one version, of one source. */
export interface MessageHandler<Tx> {
  readonly source: string;
  readonly type: string;
  readonly version: number;
  readonly schema: z.ZodType;
  /** Runs inside the transaction that also records the message as handled: write through `tx` and nothing happens twice. */
  handle(this: void, message: Message, tx: Tx): Promise<void>;
}

/** Refuses, at compile time, a consumer schema that does not take what the publisher sends. */
export type Accepts<Published, Schema extends z.ZodType> =
  Published extends z.input<Schema> ? unknown : { readonly 'the publisher sends': Published };

/**
 * Handlers for the messages of one publisher, typed by its definitions (`import type` only). The consumer's schema
 * names just the fields it needs. `on` acts on what happens, and hears of nothing twice. `project` keeps what is so: also
 * when that is told again, as of the same version; `act` does what else follows from a change.
 *
 * @example
 * const users = messagesFrom<typeof usersMessages, Prisma.TransactionClient>('users');
 * const handlers = [
 *   users.on('session.revoked', z.object({ sessionId: z.string() }), async (message, tx) => { ... }),
 *   ...users.project('user.renamed', z.object({ userId: z.string() }), async (message, tx) => { ... }),
 * ];
 */
export function messagesFrom<Definitions extends MessageDefinitions, Tx>(source: Definitions['source']) {
  type Handle<Schema extends z.ZodType> = (message: Message<z.output<Schema>>, tx: Tx) => Promise<void>;

  const handlerOf = <Schema extends z.ZodType>(
    type: string,
    schema: Schema,
    handle: Handle<Schema>,
    version: number,
  ): MessageHandler<Tx> => ({
    source,
    type,
    version,
    schema,
    handle: (message, tx) => handle(message as Message<z.output<Schema>>, tx),
  });

  return {
    on: <Type extends MessageType<Definitions>, Schema extends z.ZodType>(
      type: Type,
      schema: Schema & Accepts<MessageOf<Definitions, Type>, Schema>,
      handle: Handle<Schema>,
      { version = 1 }: { version?: number } = {},
    ): MessageHandler<Tx> => handlerOf<Schema>(type, schema, handle, version),

    project: <Type extends StateType<Definitions>, Schema extends z.ZodType>(
      type: Type,
      schema: Schema & Accepts<MessageOf<Definitions, Type>, Schema>,
      keep: Handle<Schema>,
      { act, version = 1 }: { act?: Handle<Schema>; version?: number } = {},
    ): MessageHandler<Tx>[] => {
      const keepAndAct: Handle<Schema> = async (message, tx) => {
        await keep(message, tx);
        await act?.(message, tx);
      };
      return [
        handlerOf<Schema>(type, schema, keepAndAct, version),
        handlerOf<Schema>(retold(type), schema, keep, version),
      ];
    },
  };
}

export const toMessage = (envelope: Envelope, data: unknown): Message => ({
  id: envelope.id,
  source: envelope.source,
  type: envelope.type,
  key: envelope.subject,
  time: new Date(envelope.time),
  requestId: envelope.requestid,
  traceparent: envelope.traceparent,
  data,
});
