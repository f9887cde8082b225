import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Sends a delivery when its time has come. It waits for servers that people name: a run takes half a minute at most. */
export const deliver = defineJob('deliver', z.object({ deliveryId: z.uuid() }), { isSlow: true });
/** Removes what nobody looks up any more. */
export const forgetDeliveries = defineJob('forgetDeliveries', z.object({}));

/** One for each delivery: a later time replaces an earlier one. */
export const deliverAt = (id: string, runAt: Date) => ({ runAt, jobKey: `deliver:${id}` });
