import type { Accepts, MessageDefinitions, MessageOf, MessageType } from '@diaspora/kit';
import type { z } from 'zod';

type Data = Readonly<Record<string, unknown>>;

/** A type of message that partners can be told of. */
export interface Offer {
  /** The subgraph that tells of it. */
  readonly source: string;
  readonly type: string;
  readonly version: number;
  readonly description: string;
  /** What partners get of it, and nothing else. */
  readonly schema: z.ZodObject;
  /** What the owner tells in this version and partners do not get. */
  readonly leftOut: readonly string[];
  /** Leaves out more where what is told of is not for everybody. */
  readonly narrow: (data: Data) => Data;
}

/**
 * Offers of what one subgraph tells. A version that its owner has left behind, and a schema that does not take what it
 * tells, do not compile.
 */
export const offersOf =
  <Definitions extends MessageDefinitions>(source: Definitions['source']) =>
  <Type extends MessageType<Definitions>, Schema extends z.ZodObject>(
    type: Type,
    version: NonNullable<Definitions['types'][Type]>['version'],
    offer: {
      readonly description: string;
      readonly schema: Schema & Accepts<MessageOf<Definitions, Type>, Schema>;
      readonly leftOut?: readonly Exclude<
        keyof MessageOf<Definitions, Type> & string,
        keyof z.output<Schema>
      >[];
      readonly narrow?: (data: z.output<Schema>) => Data;
    },
  ): Offer => ({
    ...{ source, type, version, leftOut: [], narrow: (data) => data },
    ...(offer as Omit<Offer, 'source' | 'type' | 'version' | 'leftOut' | 'narrow'>),
  });
