import { AppError, dayMs, idempotencyKey } from '@diaspora/kit';
import { z } from 'zod';
import { window } from '../budgets/index.js';

export const maxMembers = 5_000;
export const maxInvitations = 500;

/** Of one person, in all organizations: each may become a mail to somebody who did not ask for it. */
export const invitationsSent = window('account.invitations', 100, dayMs);

export const newInvitation = z.object({
  idempotencyKey: idempotencyKey(),
  email: z.email('This is not an e-mail address.').max(254).nullish(),
  expiresInDays: z.int().min(1).max(60).default(14),
});

export const expiryOf = (now: Date, days: number): Date => new Date(now.getTime() + days * dayMs);

/** One of the two. Throws otherwise. */
export function assertOnePerson(userId: string | null, email: string | null): void {
  if ((userId === null) === (email === null))
    throw new AppError('INVALID_INPUT', 'Invite a person or an address.', { path: ['userId'] });
}

export type InvitationState = 'PENDING' | 'ACCEPTED' | 'DECLINED' | 'REVOKED' | 'EXPIRED';

/** Nobody writes down that an invitation has run out: it is read from the clock. */
export const stateOf = (
  { status, expiresAt }: { status: Exclude<InvitationState, 'EXPIRED'>; expiresAt: Date },
  now: Date,
): InvitationState => (status === 'PENDING' && expiresAt <= now ? 'EXPIRED' : status);
