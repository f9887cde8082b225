import { AppError, minuteMs } from '@diaspora/kit';
import { z } from 'zod';

const position = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  accuracyMeters: z.number().min(0).max(100_000).nullish(),
});

export const sharing = z.object({ minutes: z.number().int().min(1).max(480), position });
export const update = z.object({ position });

export const endOf = (now: Date, minutes: number): Date => new Date(now.getTime() + minutes * minuteMs);

export const hasEnded = () =>
  new AppError('LIVE_LOCATION_ENDED', 'There is no such sharing, or its time is over.', { path: ['id'] });
