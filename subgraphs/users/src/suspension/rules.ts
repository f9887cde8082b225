import { AppError, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Account, Suspension } from '../__generated__/prisma/client.js';

const reason = text({ max: 1_000 });

export const terminationInput = z.object({
  accountId: z.uuid(),
  reason,
  leavesOrganizationsOwnerless: z.boolean().nullish(),
});

export const suspensionInput = terminationInput.extend({ endsAt: z.date().nullish() });

/** What keeps a person out: why, and until when. */
export interface Sentence {
  readonly reason: string;
  readonly endsAt: Date | null;
  readonly isFinal: boolean;
}

/** Throws unless the platform may keep the person out: super users are removed by two first (ADR 16). */
export function assertMayKeepOut(account: Account, { endsAt }: Sentence, now: Date): void {
  if (account.isSuperUser)
    throw new AppError('CONFLICT', 'This is a super user: two others decide that they are none any more.', {
      path: ['userId'],
    });
  if (endsAt && endsAt <= now)
    throw new AppError('INVALID_INPUT', 'The end lies in the past.', { path: ['endsAt'] });
}

/** Whether it says what is wanted already. What is final is not said again in other words. */
export const isSaid = (open: Suspension, wanted: Sentence): boolean =>
  open.isFinal
    ? wanted.isFinal
    : !wanted.isFinal && open.reason === wanted.reason && open.endsAt?.getTime() === wanted.endsAt?.getTime();

export function assertNotFinal(open: Suspension): void {
  if (open.isFinal)
    throw new AppError('CONFLICT', 'This account was terminated for good.', { path: ['userId'] });
}

/** When it is over by itself: at its end, however late that is noticed. */
export const hasRunOut = ({ endsAt }: Pick<Suspension, 'endsAt'>, now: Date): boolean =>
  endsAt !== null && endsAt <= now;
