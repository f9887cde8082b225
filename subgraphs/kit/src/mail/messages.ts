import { z } from 'zod';

/** What subgraphs ask of the one that knows people's addresses, to spread into their messages. Keyed by the person. */
export const mailRequests = {
  /** Answered by `mail.settled`. */
  'mail.requested': {
    version: 1,
    schema: z.object({
      mailId: z.uuid(),
      userId: z.string(),
      /** Whose names are in it. */
      namedIds: z.array(z.string()),
      subject: z.string(),
      text: z.string(),
      html: z.string().nullable(),
      /** A PDF in the private store that goes with it. */
      file: z.object({ key: z.string(), name: z.string() }).nullable(),
      /** Ends mails of the kind; null where they cannot be ended. */
      unsubscribeUrl: z.string().nullable(),
      /** It is tried once, before then. Null for what people are owed: tried until it is taken, kept out or not. */
      sendBefore: z.iso.datetime().nullable(),
    }),
  },
} as const;
