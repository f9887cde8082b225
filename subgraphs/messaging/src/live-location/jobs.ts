import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Deletes where somebody was when the time of sharing it is over. */
export const endLiveLocation = defineJob('endLiveLocation', z.object({ id: z.uuid() }));
