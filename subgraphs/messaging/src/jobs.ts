import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold keys only. */

/** Sends a message whose time has come. One of an older version does nothing. */
export const sendScheduledMessage = defineJob(
  'sendScheduledMessage',
  z.object({ id: z.uuid(), version: z.number().int() }),
);
