import { AppError, dayMs, foldPlace, idempotencyKey, placeName, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Office, OfficeRole } from '../__generated__/prisma/client.js';

export interface Place {
  readonly countryCode: string;
  /** Absent for a whole country. */
  readonly city?: string | null | undefined;
}

/** Standing of the person who decides, as the database has it now. */
export interface Appointer {
  readonly id: string;
  readonly isSuperUser: boolean;
  readonly offices: readonly { readonly role: string; readonly countryCode: string }[];
}

/** How many may hold an office of a place at once. */
export type Seats = Readonly<Record<OfficeRole, number>>;

export const appointmentInput = z.object({
  idempotencyKey: idempotencyKey(),
  city: placeName({ max: 80 }).nullish(),
});

export const reasonInput = z.object({ reason: text({ max: 1_000 }).nullish() });

const isAmbassadorOf = (person: Appointer, countryCode: string) =>
  person.offices.some((office) => office.role === 'AMBASSADOR' && office.countryCode === countryCode);

/** Only strictly below one's rank and inside one's scope: super users over ambassadors, ambassadors over consuls. */
export function mayAppoint(appointer: Appointer, role: OfficeRole, place: Place): boolean {
  if (appointer.isSuperUser) return true;
  return role === 'CONSUL' && isAmbassadorOf(appointer, place.countryCode);
}

/** Throws when the appointment is against the rules. */
export function assertMayAppoint(
  appointer: Appointer,
  appointment: { readonly role: OfficeRole; readonly holderId: string } & Place,
): void {
  if (!mayAppoint(appointer, appointment.role, appointment))
    throw new AppError('FORBIDDEN', 'You may not appoint to this office.');
  if (appointer.id === appointment.holderId) throw new AppError('FORBIDDEN', 'Nobody appoints themselves.');
}

/** Throws unless the person decides about the office: whoever could appoint to it, never its holder. */
export function assertMayDecide(person: Appointer, office: Office): void {
  if (office.holderId === person.id)
    throw new AppError('FORBIDDEN', 'This is your own office: others decide.');
  if (!mayAppoint(person, office.role, office))
    throw new AppError('FORBIDDEN', 'You may not decide about this office.');
}

export type OfficeStatus = 'UPCOMING' | 'ACTIVE' | 'NEEDS_CONFIRMATION' | 'ENDED';

/** Read from the clock: a term begins and is over at its time, whether or not a job has come by. */
export function statusOf(
  office: Pick<Office, 'startsAt' | 'endsAt' | 'endedAt' | 'needsConfirmationSince'>,
  now: Date,
): OfficeStatus {
  if (office.endedAt || (office.endsAt && office.endsAt <= now)) return 'ENDED';
  if (office.startsAt > now) return 'UPCOMING';
  return office.needsConfirmationSince ? 'NEEDS_CONFIRMATION' : 'ACTIVE';
}

export interface Term {
  readonly startsAt: Date;
  /** Exclusive; null for an open end. */
  readonly endsAt: Date | null;
}

const longestWaitMs = 366 * dayMs;

/** A term from now on unless it says otherwise. Throws for one that nobody could hold. */
export function termOf(input: { startsAt?: Date | null; endsAt?: Date | null }, now: Date): Term {
  const refuse = (message: string, field: string) =>
    new AppError('INVALID_INPUT', message, { path: [field] });
  const { startsAt = null, endsAt = null } = input;
  if (startsAt && startsAt < now) throw refuse('The term starts in the past.', 'startsAt');
  if (startsAt && startsAt.getTime() > now.getTime() + longestWaitMs)
    throw refuse('A term starts within a year.', 'startsAt');
  const start = startsAt ?? now;
  if (endsAt && endsAt <= now) throw refuse('The term ends in the past.', 'endsAt');
  if (endsAt && endsAt <= start) throw refuse('The term ends before it starts.', 'endsAt');
  return { startsAt: start, endsAt };
}

const warnedAheadMs = 60 * dayMs;

/** When a consul is warned that the mandate may not be met; null where the term leaves no time for it. */
export function warningOf({ role, startsAt, endsAt }: Pick<Office, 'role' | 'startsAt' | 'endsAt'>) {
  if (role !== 'CONSUL' || !endsAt) return null;
  const warnAt = new Date(endsAt.getTime() - warnedAheadMs);
  return warnAt > startsAt ? warnAt : null;
}

/** Throws unless the term of an office that goes on is made longer. */
export function assertExtends(office: Office, endsAt: Date | null, now: Date): void {
  if (statusOf(office, now) === 'ENDED') throw new AppError('CONFLICT', 'This office has ended.');
  if (office.endsAt === null)
    throw new AppError('CONFLICT', 'This term is open.', { payload: { office }, path: ['endsAt'] });
  if (endsAt && endsAt <= office.endsAt)
    throw new AppError('INVALID_INPUT', 'The term is made longer, not shorter.', { path: ['endsAt'] });
}

/** One spelling for each city; empty for a whole country. */
export const cityKeyOf = (city: string | null | undefined): string => (city ? foldPlace(city) : '');
