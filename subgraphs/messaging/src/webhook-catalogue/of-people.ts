import type { ContentMessages } from '@diaspora/content/messages';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { MessagingMessages } from '../messages.js';
import { offersOf } from './offers.js';

const users = offersOf<UsersMessages>('users');
const content = offersOf<ContentMessages>('content');
const messaging = offersOf<MessagingMessages>('messaging');

const id = z.string();
const at = z.iso.datetime();
const office = z.object({
  officeId: id,
  userId: id,
  role: z.enum(['AMBASSADOR', 'CONSUL']),
  countryCode: z.string(),
  city: z.string().nullable(),
});

/** Of people partners are told ids; who may see more of them asks by a key with `users:read`. */
export const offersOfPeople = [
  users('user.registered', 1, {
    description: 'A person joined.',
    schema: z.object({ userId: id, registeredAt: at }),
  }),
  users('user.profileChanged', 1, {
    description: 'A person changed what others see of them: read it again where you keep a copy.',
    schema: z.object({ userId: id, version: z.int() }),
    leftOut: [
      ...(['displayName', 'headline', 'countryOfOrigin', 'countryOfResidence', 'city'] as const),
      ...(['languages', 'domains', 'isDiscoverable', 'avatarId'] as const),
      ...(['contactableBy', 'invitableBy', 'findableBy'] as const),
    ],
  }),
  users('user.erasureRequested', 1, {
    description:
      'A person is gone for good: erase what you keep of them. Told again until all of the platform has done so.',
    schema: z.object({ userId: id }),
    leftOut: ['erasureId'],
  }),
  users('user.eventOwnerChanged', 1, {
    description: 'A person may sell tickets for events from now on, or may no more.',
    schema: z.object({ userId: id, isEventOwner: z.boolean(), changedAt: at }),
  }),
  users('office.appointed', 1, {
    description: 'A person represents the community in a place.',
    schema: office.extend({ startsAt: at, endsAt: at.nullable() }),
    leftOut: ['appointerId'],
  }),
  users('office.extended', 1, {
    description: 'The term of an office was changed; without an end when that is null.',
    schema: office.extend({ endsAt: at.nullable() }),
  }),
  users('office.ended', 1, {
    description: 'A person holds an office no more.',
    schema: office.extend({ endedAt: at }),
  }),
  users('platform.settingsChanged', 1, {
    description: 'What the platform is set to, as far as everybody may know; a higher version wins.',
    schema: z.object({
      version: z.int(),
      isRegistrationOpen: z.boolean(),
      maintenanceNotice: z.string().nullable(),
      minimumAge: z.int().nullable(),
      consulEventsPerYear: z.int(),
    }),
  }),
  content('post.published', 1, {
    description: 'A post was written or edited, without what it says; a higher version wins.',
    schema: z.object({
      postId: id,
      version: z.int(),
      authorId: id,
      eventId: id.nullable(),
      language: z.string(),
      visibility: z.enum(['PUBLIC', 'MEMBERS']),
      publishedAt: at,
    }),
    leftOut: ['text', 'hashtags'],
  }),
  content('post.removed', 1, {
    description: 'A post is gone for good.',
    schema: z.object({ postId: id, version: z.int(), removedAt: at }),
  }),
  content('comment.added', 1, {
    description: 'Somebody commented on a post, without what they said.',
    schema: z.object({ commentId: id, postId: id, postAuthorId: id, authorId: id, createdAt: at }),
    leftOut: ['excerpt'],
  }),
  messaging('webhook.disabled', 1, {
    description:
      'A webhook takes nothing any more, because nothing was taken there for days or its address is gone.',
    schema: z.object({ webhookId: id, reason: z.enum(['FAILING', 'GONE']), disabledAt: at }),
  }),
];
