import {
  AppError,
  decodeCursor,
  parsePage,
  type ConnectionArgs,
  type Page,
  type SortKey,
} from '@diaspora/kit';

/** How many conversations one may keep at the top. */
export const maxPinned = 10;

/** Muted for always: the last instant that every client can read. */
const always = new Date('9999-12-31T23:59:59.000Z');

const order: SortKey[] = [
  { field: 'pinRank', direction: 'desc', type: 'number' },
  { field: 'lastActivityAt', direction: 'desc', type: 'date' },
  { field: 'conversationId', direction: 'desc', type: 'uuid' },
];

export function parseInboxPage(args: ConnectionArgs): Page {
  const page = parsePage(args, order);
  const cursor = page.forward ? args.after : args.before;
  const [rank] = cursor == null ? [0] : decodeCursor(cursor, order);
  if (rank !== 0 && rank !== 1) {
    throw new AppError('INVALID_INPUT', 'This cursor does not belong to this list.', { path: ['after'] });
  }
  return page;
}

/** The end of a mute. Throws when it is over before it begins. */
export function muteUntil(until: Date | null | undefined, now: Date): Date {
  if (until == null) return always;
  if (until > now && until <= always) return until;
  throw new AppError('INVALID_INPUT', 'Choose a time to come.', { path: ['until'] });
}
