import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold keys only, never secrets. */
export const mailAboutAccount = defineJob('mailAboutAccount', z.object({ emailKey: z.string() }));
export const announceRevocation = defineJob('announceRevocation', z.object({ sessionId: z.uuid() }));
export const announceEpoch = defineJob('announceEpoch', z.object({ accountId: z.uuid() }));
