import { messagesFrom, type IdType } from '@diaspora/kit';
import type { ContentMessages } from '@diaspora/content/messages';
import type { EventsMessages } from '@diaspora/events/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { DocumentKind } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { eventIds, postIds, userIds } from '../ids.js';
import { eventDocument, personDocument, postDocument, tombstone, type Source } from './rules.js';
import { writeDocument } from './service.js';

const users = messagesFrom<UsersMessages, Transaction>('users');
const events = messagesFrom<EventsMessages, Transaction>('events');
const content = messagesFrom<ContentMessages, Transaction>('content');

const source = (kind: DocumentKind, ids: IdType, id: string, sourceVersion: number): Source => ({
  kind,
  entityKey: ids.decode(id),
  sourceVersion,
});

const profile = z.object({
  userId: z.string(),
  version: z.number().int(),
  displayName: z.string(),
  headline: z.string().nullable(),
  countryOfOrigin: z.string(),
  countryOfResidence: z.string(),
  city: z.string().nullable(),
  languages: z.array(z.string()),
  domains: z.array(z.string()),
  isDiscoverable: z.boolean(),
  findableBy: z.enum(['EVERYONE', 'CONNECTIONS', 'NOBODY']).optional(),
});

const event = z.object({
  eventId: z.string(),
  version: z.number().int(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  domain: z.string(),
  status: z.string(),
  visibility: z.string(),
  startsAt: z.iso.datetime(),
  countryCode: z.string(),
  city: z.string().nullable(),
  venue: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  tags: z.array(z.string()),
  organizerId: z.string(),
});

const post = z.object({
  postId: z.string(),
  version: z.number().int(),
  text: z.string(),
  language: z.string(),
  hashtags: z.array(z.string()),
  visibility: z.enum(['PUBLIC', 'MEMBERS']),
  authorId: z.string(),
});

const indexEvent = ({ data }: { data: z.output<typeof event> }, tx: Transaction) =>
  writeDocument(tx, eventDocument(source('EVENT', eventIds, data.eventId, data.version), data));

/** Who tells the index what there is to find. */
export const indexingHandlers = [
  ...users.project('user.profileChanged', profile, ({ data }, tx) =>
    writeDocument(tx, personDocument(source('PERSON', userIds, data.userId, data.version), data)),
  ),
  events.on('event.published', event, indexEvent),
  events.on('event.changed', event, indexEvent),
  events.on('event.cancelled', z.object({ eventId: z.string(), version: z.number().int() }), ({ data }, tx) =>
    writeDocument(tx, tombstone(source('EVENT', eventIds, data.eventId, data.version))),
  ),
  content.on('post.published', post, ({ data }, tx) =>
    writeDocument(tx, postDocument(source('POST', postIds, data.postId, data.version), data)),
  ),
  content.on('post.removed', z.object({ postId: z.string(), version: z.number().int() }), ({ data }, tx) =>
    writeDocument(tx, tombstone(source('POST', postIds, data.postId, data.version))),
  ),
];
