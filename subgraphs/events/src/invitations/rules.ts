import { AppError, dayMs, idempotencyKey } from '@diaspora/kit';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Event, EventInvitation } from '../__generated__/prisma/client.js';
import { invitationIds } from '../ids.js';

/** How many invitations of one event wait at once, and how many one person sends within 24 hours. */
export const mostWaiting = 500;
export const invitationsPerDay = 200;

export const newInvitation = z.object({
  idempotencyKey: idempotencyKey(),
  userId: z.string().nullish(),
  email: z.email().max(254).nullish(),
  expiresInDays: z.number().int().min(1).max(60),
});

export function assertOnePerson(userId: unknown, email: unknown): void {
  if ((userId == null) === (email == null))
    throw new AppError('INVALID_INPUT', 'Invite either a person or an address.', { path: ['userId'] });
}

/** An invitation ends with its event at the latest. */
export const expiryOf = ({ endsAt }: Pick<Event, 'endsAt'>, now: Date, days: number): Date =>
  new Date(Math.min(now.getTime() + days * dayMs, endsAt.getTime()));

/** Whether it can be used: an expired one is expired, whether or not anybody noted it. */
export const isStanding = (
  { status, expiresAt }: Pick<EventInvitation, 'status' | 'expiresAt'>,
  now: Date,
): boolean => status === 'PENDING' && expiresAt > now;

const signatureOf = (id: string, secret: string): Buffer =>
  createHmac('sha256', `event-invitations:${secret}`).update(id).digest();

/** What is mailed to an address. It follows from the invitation and a secret, so that nobody has to keep it. */
export const tokenOf = (id: string, secret: string): string =>
  `${invitationIds.encode(id)}.${signatureOf(id, secret).toString('base64url')}`;

/** The key of the invitation that a token is of; null for one that we never sent. */
export function readToken(token: string, secret: string): string | null {
  const [publicId = '', signature = ''] = token.split('.');
  const id = invitationIds.find(publicId);
  if (!id) return null;
  const [expected, given] = [signatureOf(id, secret), Buffer.from(signature, 'base64url')];
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
}

export const missing = (field: string) =>
  new AppError('NOT_FOUND', 'There is no such invitation.', { path: [field] });
