import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold no secrets, and no more about people than where to write. */
export const mailAboutAccount = defineJob('mailAboutAccount', z.object({ emailKey: z.string() }));
export const announceRevocation = defineJob('announceRevocation', z.object({ sessionId: z.uuid() }));
export const announceEpoch = defineJob('announceEpoch', z.object({ accountId: z.uuid() }));
export const endLapsedOffice = defineJob('endLapsedOffice', z.object({ officeId: z.uuid() }));
export const forgetOutlived = defineJob('forgetOutlived', z.object({}));
