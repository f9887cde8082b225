import { z } from 'zod';
import { defineMessages, type MessageDefinitions } from '../messages/index.js';

/** What the subgraph that knows the accounts asks of all subgraphs, itself included. Keyed by the person. */
export const personalDataRequests = {
  /** Somebody wants to have all that is theirs. Each subgraph writes its part into the folder, until then. */
  'privacy.exportRequested': {
    version: 1,
    schema: z.object({
      exportId: z.uuid(),
      userId: z.string(),
      /** In the private store; ends with a slash. */
      folder: z.string(),
      expiresAt: z.iso.datetime(),
    }),
  },
  /** The person is gone for good. Told again until everybody has answered. */
  'user.erasureRequested': {
    version: 1,
    schema: z.object({ erasureId: z.uuid(), userId: z.string() }),
  },
} as const;

/** How many, by what they are: `{ messages: 12 }`. */
const counts = z.record(z.string(), z.int().min(0));

/** How every subgraph answers. Keyed by the request; the person is not named. */
export const personalDataAnswers = <Source extends string>(source: Source) =>
  defineMessages(source, {
    /** The part of this subgraph is in the folder. */
    'privacy.exportPart': { version: 1, schema: z.object({ exportId: z.uuid(), counts }) },
    /** Nothing of the person is left in this subgraph but what it has to keep. */
    'privacy.erased': { version: 1, schema: z.object({ erasureId: z.uuid(), counts }) },
  });

export type PersonalDataRequests = MessageDefinitions<string, typeof personalDataRequests>;
export type PersonalDataAnswers<Source extends string = string> = ReturnType<
  typeof personalDataAnswers<Source>
>;
