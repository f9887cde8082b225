import { AppError, placeName, text } from '@diaspora/kit';
import { z } from 'zod';
import type { OfficeApplication } from '../__generated__/prisma/client.js';

/** How many applications of one person wait at once. */
export const maxPending = 5;

/** How many one person makes in a day, those that were taken back too: each tells whoever decides. */
export const mostADay = 10;

const message = text({ max: 2_000 });

export const newApplication = z
  .object({
    role: z.enum(['AMBASSADOR', 'CONSUL']),
    countryCode: z.string(),
    city: placeName({ max: 80 })
      .nullish()
      .transform((city) => city ?? null),
    motivation: text({ max: 4_000 }),
  })
  .refine(({ role, city }) => (role === 'CONSUL') === (city !== null), {
    path: ['city'],
    message: 'A consul has a city, an ambassador has none.',
  });

export const approval = z.object({ message: message.nullish() });
export const refusal = z.object({ message });

export type NewApplication = z.output<typeof newApplication>;
export type ApplicationStatus = OfficeApplication['status'];

export const noSuchApplication = () =>
  new AppError('NOT_FOUND', 'There is no such application.', { path: ['applicationId'] });

export const tooManyToday = (retryAfterMs: number) =>
  new AppError('RATE_LIMITED', `No more than ${mostADay} applications a day.`, {
    retryAfterSeconds: Math.ceil(retryAfterMs / 1_000),
  });

/** Throws unless it waits. */
export function assertPending(application: OfficeApplication): void {
  if (application.status === 'PENDING') return;
  throw new AppError('CONFLICT', 'This application is closed.', { payload: { application } });
}

/** Whether it is what a call made again would make of it. */
export const isSettledBy = (
  application: OfficeApplication,
  status: ApplicationStatus,
  deciderId: string | null,
): boolean => application.status === status && application.deciderId === deciderId;
