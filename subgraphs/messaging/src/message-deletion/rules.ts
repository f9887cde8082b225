import { AppError } from '@diaspora/kit';
import type { Message, Participant } from '../__generated__/prisma/client.js';

/** By what right a message is deleted for everybody: its own sender's, or that of whoever leads the group. */
export type Right = 'OWN' | 'LED';

interface Limits {
  readonly now: Date;
  /** How long after it was sent its sender may take a message back. */
  readonly windowMs: number;
}

/** Throws for whoever has neither right, or had it. */
export function rightToDelete(
  { senderId, sentAt, kind }: Pick<Message, 'senderId' | 'sentAt' | 'kind'>,
  { userId, role, leftAt }: Pick<Participant, 'userId' | 'role' | 'leftAt'>,
  { now, windowMs }: Limits,
): Right {
  if (kind === 'SYSTEM')
    throw new AppError('INVALID_INPUT', 'What was done to a conversation stays told.', {
      path: ['messageId'],
    });
  const isOwn = senderId === userId;
  if (isOwn && now.getTime() - sentAt.getTime() <= windowMs) return 'OWN';
  if (role !== 'MEMBER' && leftAt === null) return 'LED';
  if (isOwn)
    throw new AppError('TOO_LATE', 'This message can be deleted for everybody no more.', {
      path: ['scope'],
    });
  throw new AppError('FORBIDDEN', 'Only its sender and whoever leads the group may do this.');
}
