import { AppError, line } from '@diaspora/kit';
import { z } from 'zod';
import type {
  NotificationCadence as Cadence,
  NotificationChannel as Channel,
  SilenceKind,
} from '../__generated__/prisma/client.js';
import type { Traits } from './traits.js';

/** What a person chose, as far as it matters to one notification. */
export interface Choices {
  /** Of the conversation, the event or the post it belongs to. */
  readonly silence: { readonly kind: SilenceKind; readonly endsAt: Date | null } | null;
  readonly ofType: Readonly<Partial<Record<Channel, Cadence>>>;
  readonly ofChannel: Readonly<Partial<Record<Channel, Cadence>>>;
}

export interface Decision {
  readonly cadence: Cadence;
  readonly because: 'SECURITY' | 'OBJECT' | 'TYPE' | 'CHANNEL' | 'USUAL';
}

/** How a notification reaches a person by one channel: security before object, type, channel and what is usual. */
export function decide(traits: Traits, channel: Channel, choices: Choices): Decision {
  const usual = traits.usual[channel];
  if (traits.isSecurity) return { cadence: usual, because: 'SECURITY' };
  if (choices.silence?.kind === 'MUTED') return { cadence: 'OFF', because: 'OBJECT' };
  const ofType = choices.ofType[channel];
  if (ofType) return { cadence: ofType, because: 'TYPE' };
  const ofChannel = choices.ofChannel[channel];
  if (ofChannel) return { cadence: ofChannel, because: 'CHANNEL' };
  return { cadence: usual, because: 'USUAL' };
}

/** A silence that has ended is none. */
export const silenceAt = <Kept extends { readonly endsAt: Date | null }>(
  silence: Kept | null,
  now: Date,
): Kept | null => (silence?.endsAt && silence.endsAt <= now ? null : silence);

const together: readonly Cadence[] = ['DAILY', 'WEEKLY'];

/** What comes at once by its nature cannot be put together. Throws INVALID_INPUT. */
export function assertPossible(channel: Channel, cadence: Cadence | null | undefined): void {
  if (cadence && channel !== 'EMAIL' && together.includes(cadence))
    throw new AppError('INVALID_INPUT', 'Only mails are put together for a day or a week.', {
      path: ['cadence'],
    });
}

/** Throws INVALID_INPUT: nobody turns off what concerns the safety of an account. */
export function assertNotSecurity(traits: Traits): void {
  if (traits.isSecurity)
    throw new AppError('INVALID_INPUT', 'What concerns the safety of an account cannot be turned off.', {
      path: ['type'],
    });
}

const minuteOfDay = line({ max: 5 })
  .refine((value) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value), { message: 'must be a time of day: 22:30' })
  .transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)));

export const timesInput = z.object({
  timeZone: z.string().nullish(),
  quietHours: z
    .object({ from: minuteOfDay, until: minuteOfDay })
    .refine(({ from, until }) => from !== until, { message: 'must begin and end at different times' })
    .nullish(),
  digestHour: z.number().int().min(0).max(23).nullish(),
  digestWeekday: z.number().int().min(1).max(7).nullish(),
});

export const writeMinuteOfDay = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
