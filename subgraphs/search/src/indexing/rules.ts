import { foldName, foldPlace } from '@diaspora/kit';
import type { DocumentKind, DocumentVisibility } from '../__generated__/prisma/client.js';
import { userIds } from '../ids.js';
import { baseLanguage, configurationOf, plainConfiguration } from '../languages.js';

/** Which entity, in which of its owner's versions. */
export interface Source {
  readonly kind: DocumentKind;
  readonly entityKey: string;
  readonly sourceVersion: number;
}

/** Everything the index keeps of an entity. */
export interface DocumentWrite extends Source {
  readonly isDeleted: boolean;
  readonly visibility: DocumentVisibility;
  /** Found by the owner's friends only. */
  readonly isForFriends: boolean;
  /** The person, the author or the organizer: whoever is blocked by or blocks somebody is not found by them. */
  readonly ownerKey: string | null;
  readonly configuration: string;
  readonly title: string;
  readonly place: string;
  readonly body: string;
  readonly tags: readonly string[];
  readonly countryCode: string | null;
  readonly city: string | null;
  readonly cityKey: string | null;
  readonly countryOfOrigin: string | null;
  readonly languages: readonly string[];
  readonly domains: readonly string[];
  readonly startsAt: Date | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** What is left of an entity that must not be found: its version, and nothing it said. */
export const tombstone = (source: Source): DocumentWrite => ({
  ...source,
  isDeleted: true,
  visibility: 'MEMBERS',
  isForFriends: false,
  ownerKey: null,
  configuration: plainConfiguration,
  title: '',
  place: '',
  body: '',
  tags: [],
  languages: [],
  domains: [],
  countryCode: null,
  city: null,
  cityKey: null,
  countryOfOrigin: null,
  startsAt: null,
  latitude: null,
  longitude: null,
});

const living = (
  source: Source,
  content: Partial<DocumentWrite> & Pick<DocumentWrite, 'visibility'>,
): DocumentWrite => ({
  ...tombstone(source),
  isDeleted: false,
  ...content,
  cityKey: content.city ? foldPlace(content.city) : null,
});

interface Profile {
  readonly displayName: string;
  readonly headline: string | null;
  readonly countryOfOrigin: string;
  readonly countryOfResidence: string;
  readonly city: string | null;
  readonly languages: readonly string[];
  readonly domains: readonly string[];
  readonly isDiscoverable: boolean;
  readonly findableBy?: 'EVERYONE' | 'CONNECTIONS' | 'NOBODY' | undefined;
}

/** People are found by members only: visitors cannot open profiles either. */
export function personDocument(source: Source, profile: Profile): DocumentWrite {
  const isForFriends = profile.findableBy === 'CONNECTIONS';
  if (!profile.isDiscoverable && !isForFriends) return tombstone(source);
  const { displayName: title, headline, countryOfOrigin, city, domains } = profile;
  const [language] = profile.languages;
  return living(source, {
    visibility: 'MEMBERS',
    isForFriends,
    ownerKey: source.entityKey,
    title,
    body: headline ?? '',
    place: city ?? '',
    city,
    domains,
    countryOfOrigin,
    countryCode: profile.countryOfResidence,
    configuration: language ? configurationOf(language) : plainConfiguration,
    languages: distinct(profile.languages.map(baseLanguage)),
  });
}

interface EventSnapshot {
  readonly title: string;
  readonly description: string;
  readonly language: string;
  readonly domain: string;
  readonly status: string;
  readonly visibility: string;
  readonly startsAt: string;
  readonly countryCode: string;
  readonly city: string | null;
  readonly venue: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly tags: readonly string[];
  readonly organizerId: string;
}

/** Only what is published and listed: unlisted and private events are reached by those who know them. */
export function eventDocument(source: Source, event: EventSnapshot): DocumentWrite {
  const { title, description: body, language, status, visibility, countryCode, city, venue } = event;
  if (status !== 'PUBLISHED' || (visibility !== 'PUBLIC' && visibility !== 'MEMBERS'))
    return tombstone(source);
  return living(source, {
    visibility,
    ownerKey: userIds.decode(event.organizerId),
    title,
    body,
    countryCode,
    city,
    latitude: event.latitude,
    longitude: event.longitude,
    startsAt: new Date(event.startsAt),
    place: [venue, city].filter(Boolean).join(', '),
    tags: distinct(event.tags.map(foldTag)),
    configuration: configurationOf(language),
    languages: [baseLanguage(language)],
    domains: [event.domain],
  });
}

interface Post {
  readonly authorId: string;
  readonly text: string;
  readonly language: string;
  readonly hashtags: readonly string[];
  readonly visibility: DocumentVisibility;
}

export const postDocument = (source: Source, post: Post): DocumentWrite =>
  living(source, {
    visibility: post.visibility,
    ownerKey: userIds.decode(post.authorId),
    body: post.text,
    tags: distinct(post.hashtags.map(foldTag)),
    configuration: configurationOf(post.language),
    languages: [baseLanguage(post.language)],
  });

const distinct = (words: readonly string[]): string[] => [...new Set(words)];
const foldTag = (tag: string): string => foldName(tag.replace(/^[#＃]/u, ''));
