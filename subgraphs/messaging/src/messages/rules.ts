import {
  AppError,
  decodeCursor,
  parsePage,
  type ConnectionArgs,
  type Page,
  type SortKey,
} from '@diaspora/kit';
import { z } from 'zod';
import type { ParticipantRole, SystemLineType } from '../__generated__/schema.js';

export const clientMessageKey = z.object({
  clientMessageId: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must have 1 to 64 visible ASCII characters'),
});

/** Whether somebody's plan lifts the allowance. */
export const isUnlimited = ({ entitlements }: { readonly entitlements: readonly string[] }): boolean =>
  entitlements.includes('UNLIMITED_MESSAGING');

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
