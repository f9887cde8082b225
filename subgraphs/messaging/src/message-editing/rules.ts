import { AppError, text } from '@diaspora/kit';
import { z } from 'zod';
import { longestText, saysSomething, type MessageBody } from '../message-content/index.js';

/** How often one message can be changed: its history is read as a whole. */
export const mostEdits = 50;

export const editInput = z.object({ text: text({ min: 0, max: longestText }) });

interface Editable extends MessageBody {
  readonly senderId: string;
  readonly sentAt: Date;
  readonly version: number;
}

/** Whether there is something to change. Throws when it may not be. */
export function assertEditable(
  message: Editable,
  wanted: { readonly personId: string; readonly text: string; readonly expectedVersion: number },
  { now, windowMs }: { readonly now: Date; readonly windowMs: number },
): boolean {
  if (message.senderId !== wanted.personId)
    throw new AppError('FORBIDDEN', 'Only its sender may change a message.');
  if (message.text === wanted.text) return false;
  if (message.version !== wanted.expectedVersion)
    throw new AppError('CONFLICT', 'The message was changed meanwhile.', {
      path: ['expectedVersion'],
      payload: { message },
    });
  if (now.getTime() - message.sentAt.getTime() > windowMs)
    throw new AppError('TOO_LATE', 'This message can be changed no more.', { path: ['messageId'] });
  if (!saysSomething({ ...message, text: wanted.text }))
    throw new AppError('INVALID_INPUT', 'must say something', { path: ['text'] });
  return true;
}
