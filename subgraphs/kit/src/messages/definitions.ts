import { z } from 'zod';

/** One message type: its data as JSON (no transforms that leave JSON), under a version that changes when readers would break. */
export interface MessageDefinition {
  readonly version: number;
  readonly schema: z.ZodType;
  /** It says what is so, and can be told again of whatever is so now: its owner declares how (`StateOf`). */
  readonly isState?: true;
}

export interface MessageDefinitions<
  Source extends string = string,
  Types extends Record<string, MessageDefinition> = Record<string, MessageDefinition>,
> {
  readonly source: Source;
  readonly types: Types;
}

/** Declares what a subgraph publishes. `source` names the subgraph. */
export function defineMessages<
  const Source extends string,
  const Types extends Record<string, MessageDefinition>,
>(source: Source, types: Types): MessageDefinitions<Source, Types> {
  return { source, types };
}

export type MessageType<Definitions extends MessageDefinitions> = keyof Definitions['types'] & string;

/** Those types that are told again. */
export type StateType<Definitions extends MessageDefinitions> = {
  [Type in MessageType<Definitions>]: Definitions['types'][Type] extends { readonly isState: true }
    ? Type
    : never;
}[MessageType<Definitions>];

/**
 * The type under which a state travels when it is told again. It is another one than that of a change, so that nobody
 * hears of it who does not ask for it by name, in older versions too.
 */
export const retold = <Type extends string>(type: Type) => `${type}.retold` as const;

/** The data of one message type. */
export type MessageOf<
  Definitions extends MessageDefinitions,
  Type extends MessageType<Definitions>,
> = z.output<NonNullable<Definitions['types'][Type]>['schema']>;

/** What is kept in a column of text, where PostgreSQL cannot hold NUL. */
const word = z.string().refine((value) => !value.includes('\0'));

/** A message on its way: CloudEvents 1.0 (https://github.com/cloudevents/spec) in structured JSON form. */
export const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: word.min(1),
  type: word.min(1),
  /** The key: messages of one key are handled in order. */
  subject: word,
  time: z.iso.datetime(),
  dataversion: z.int(),
  requestid: z.string().optional(),
  /** W3C trace context of the request that caused the message. */
  traceparent: z.string().optional(),
  datacontenttype: z.literal('application/json'),
  data: z.unknown(),
});

export type Envelope = z.output<typeof envelopeSchema>;

export const streamKey = (namespace: string, source: string): string => `${namespace}:bus:${source}`;
