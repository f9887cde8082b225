import {
  AppError,
  decodeCursor,
  parsePage,
  text,
  type ConnectionArgs,
  type Page,
  type SortKey,
} from '@diaspora/kit';
import { z } from 'zod';
import type { ParticipantRole, SystemLineType } from '../__generated__/schema.js';

export const outgoingMessage = z.object({
  clientMessageId: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must have 1 to 64 visible ASCII characters'),
  // Half a surrogate pair cannot be stored, so that a repeated call would no longer be the same.
  text: text({ max: 4_000 }).refine((value) => !/\p{Surrogate}/u.test(value), 'must be well-formed Unicode'),
});

export const unlimitedMessaging = 'UNLIMITED_MESSAGING';

/** What a repeated key answers. Throws CONFLICT when it was used for another text. */
export function sameMessage<Message extends { readonly text: string }>(
  earlier: Message,
  text: string,
): Message {
  if (earlier.text === text) return earlier;
  throw new AppError('CONFLICT', 'This clientMessageId was used for another message.', {
    path: ['clientMessageId'],
  });
}

/** What a line of the system tells; people by their keys. */
export interface SystemLine {
  readonly type: SystemLineType;
  /** To whom it was done, where that is not the one who did it. */
  readonly personIds?: readonly string[];
  readonly name?: string;
  readonly role?: ParticipantRole;
}

/** A page of history: the sequence is the cursor. */
export interface HistoryPage extends Page {
  /** Sequence to begin beyond; null without a cursor. */
  readonly beyond: number | null;
}

const bySequence: SortKey[] = [{ field: 'sequence', direction: 'asc', type: 'number' }];
const largestSequence = 2_147_483_647;

export function parseHistoryPage(args: ConnectionArgs): HistoryPage {
  const page = parsePage(args, bySequence);
  const cursor = page.forward ? args.after : args.before;
  if (cursor == null) return { ...page, beyond: null };
  const beyond = Number(decodeCursor(cursor, bySequence)[0]);
  if (!Number.isInteger(beyond) || beyond < 0 || beyond > largestSequence) {
    throw new AppError('INVALID_INPUT', 'This cursor does not belong to this list.', { path: ['after'] });
  }
  return { ...page, beyond };
}
