import { createHash } from 'node:crypto';
import { AppError, canonicalJson, line, text, type IdType } from '@diaspora/kit';
import { z } from 'zod';
import { mediaIds, messageIds, userIds } from '../ids.js';

export const longestText = 4_000;
const mostMentions = 50;
const mostMedia = 10;

/** A public id as its key. */
export const keyOf = (ids: IdType) =>
  z.string().transform((id, context) => {
    const key = ids.find(id);
    if (key !== null) return key;
    context.addIssue({ code: 'custom', message: `must be the id of a "${ids.prefix}"` });
    return z.NEVER;
  });

const keysOf = (ids: IdType, most: number) =>
  z
    .array(keyOf(ids))
    .max(most, `must be ${most} at most`)
    .nullish()
    .transform((keys) => [...new Set(keys)]);

const location = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  label: line({ max: 200 }).nullish(),
});

/** What a message says, as it is kept. */
export interface MessageBody {
  readonly text: string;
  readonly replyToId: string | null;
  readonly mentionIds: string[];
  readonly mediaIds: string[];
  readonly contactId: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly placeLabel: string | null;
}

/** What a message says, as it is asked for. */
export const messageBody = z
  .object({
    text: text({ min: 0, max: longestText }).nullish(),
    replyToId: keyOf(messageIds).nullish(),
    mentionedUserIds: keysOf(userIds, mostMentions),
    mediaIds: keysOf(mediaIds, mostMedia),
    location: location.nullish(),
    contactId: keyOf(userIds).nullish(),
  })
  .transform(({ text, replyToId, mentionedUserIds, mediaIds, location, contactId }): MessageBody => ({
    text: text ?? '',
    replyToId: replyToId ?? null,
    mentionIds: mentionedUserIds,
    mediaIds,
    contactId: contactId ?? null,
    latitude: location?.latitude ?? null,
    longitude: location?.longitude ?? null,
    placeLabel: location?.label ?? null,
  }))
  .refine(saysSomething, { message: 'must say something', path: ['text'] });

/** Whether there is something to read or to see. */
export function saysSomething(
  body: Pick<MessageBody, 'text' | 'mediaIds' | 'contactId' | 'latitude'>,
): boolean {
  return body.text !== '' || body.mediaIds.length > 0 || body.contactId !== null || body.latitude !== null;
}

/** What is left of a message that was deleted or whose sender was erased. */
export const nothingSaid = {
  text: '',
  replyToId: null,
  mentionIds: [],
  mediaIds: [],
  contactId: null,
  latitude: null,
  longitude: null,
  placeLabel: null,
  bodyHash: null,
};

/** What is passed on of a message: neither whom it answered nor whom it called. */
export const passedOn = (message: MessageBody): MessageBody => ({
  ...bodyOf(message),
  replyToId: null,
  mentionIds: [],
});

/** What a row says, and nothing else of it. */
export const bodyOf = (row: MessageBody): MessageBody => ({
  text: row.text,
  replyToId: row.replyToId,
  mentionIds: row.mentionIds,
  mediaIds: row.mediaIds,
  contactId: row.contactId,
  latitude: row.latitude,
  longitude: row.longitude,
  placeLabel: row.placeLabel,
});

/** By it a repeated send is known to be the same, also when the message was edited meanwhile. */
export const bodyHashOf = (body: MessageBody): string => hashOf({ ...body, isForwarded: false });

/** By it a repeated forward is known to be the same, also when what it passes on was edited or deleted meanwhile. */
export const forwardHashOf = (originalId: string): string => hashOf({ originalId });

const hashOf = (asked: object): string => createHash('sha256').update(canonicalJson(asked)).digest('hex');

/** What a repeated key answers. Throws CONFLICT when it was used for another body; of a deleted one nobody knows. */
export function sameMessage<Message extends { readonly bodyHash: string | null }>(
  earlier: Message,
  bodyHash: string,
): Message {
  if (earlier.bodyHash === null || earlier.bodyHash === bodyHash) return earlier;
  throw new AppError('CONFLICT', 'This clientMessageId was used for another message.', {
    path: ['clientMessageId'],
  });
}
