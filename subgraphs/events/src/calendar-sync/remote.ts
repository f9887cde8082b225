import type { CalendarEntry } from '../calendar/index.js';

/** An entry in a calendar elsewhere, as it was when we wrote or saw it. */
export interface RemoteEntry {
  readonly remoteId: string;
  readonly etag: string;
}

/** What has happened there to an entry that is ours. */
export type RemoteChange =
  | { readonly kind: 'REMOVED'; readonly remoteId: string }
  /** The person says in the calendar that they do not come. */
  | (RemoteEntry & { readonly kind: 'DECLINED' })
  | (RemoteEntry & {
      readonly kind: 'CHANGED';
      readonly startsAt: Date | null;
      readonly endsAt: Date | null;
    });

export interface RemoteChanges {
  readonly changes: readonly RemoteChange[];
  /** Where to read on the next time. */
  readonly token: string;
}

/** Etags of our last writes, by the remote ids of our entries. */
export type KnownEtags = ReadonlyMap<string, string>;

/** One calendar elsewhere, made by us and for nothing else. Its methods throw the errors below, and others when it is away. */
export interface RemoteCalendar {
  /** Writes an entry: over the one that is known, or as a new one. Done twice, it is there once. */
  put(entry: CalendarEntry, known: RemoteEntry | null): Promise<RemoteEntry>;
  /** Also fine when it is gone already. */
  remove(known: RemoteEntry): Promise<void>;
  /**
   * What has happened to our entries since the token; without one, all that is there is compared, and what is missing was
   * removed. What has the etag of our own last write is no change.
   */
  changes(token: string | null, known: KnownEtags): Promise<RemoteChanges>;
}

/** After everything was read: what is ours and was not there. */
export const missingOf = (known: KnownEtags, seen: ReadonlySet<string>): RemoteChange[] =>
  [...known.keys()]
    .filter((remoteId) => !seen.has(remoteId))
    .map((remoteId) => ({ kind: 'REMOVED', remoteId }));

/** The person has taken access away, or the password is another one. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
}

/** The calendar that we made was removed. */
export class CalendarGone extends Error {
  override readonly name = 'CalendarGone';
}

/** What was read up to there is not known any more: everything has to be read again. */
export class SyncTokenExpired extends Error {
  override readonly name = 'SyncTokenExpired';
}
