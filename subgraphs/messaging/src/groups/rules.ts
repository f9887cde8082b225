import { AppError, idempotencyKey, line } from '@diaspora/kit';
import { z } from 'zod';
import type { Contact } from '../contact-rules.js';
import { mediaIds, userIds } from '../ids.js';
import { keyOf } from '../message-content/index.js';
import type { ParticipantRole } from '../__generated__/schema.js';

export const maxMembers = 250;

const name = line({ max: 100 });
const historyVisibility = z.enum(['ALL', 'SINCE_JOINING']);

/** What is never empty cannot be cleared. */
const whereGiven = <Value>(value: Value | null | undefined) => value ?? undefined;

export const newGroup = z.object({
  idempotencyKey: idempotencyKey(),
  name,
  historyVisibility: historyVisibility.nullish().transform((value) => value ?? 'ALL'),
  pictureId: keyOf(mediaIds).nullish().transform(whereGiven),
});
export const groupChange = z.object({
  name: name.nullish().transform(whereGiven),
  historyVisibility: historyVisibility.nullish().transform(whereGiven),
  pictureId: keyOf(mediaIds).nullish(),
});

/** Keys of up to 249 others, each once. Throws for ids of something else. */
export function personIdsOf(ids: readonly string[], field: string, except?: string): string[] {
  if (ids.length >= maxMembers)
    throw new AppError('INVALID_INPUT', `Name ${maxMembers - 1} people at most.`, { path: [field] });
  const keys = ids.map((id) => userIds.decode(id));
  return [...new Set(keys)].filter((key) => key !== except).sort();
}

const rank: Record<ParticipantRole, number> = { MEMBER: 0, ADMIN: 1, OWNER: 2 };

export const isAdmin = ({ role }: { readonly role: ParticipantRole }): boolean => rank[role] >= rank.ADMIN;

export function assertAdmin(actor: { readonly role: ParticipantRole }): void {
  if (!isAdmin(actor)) throw new AppError('FORBIDDEN', 'Admins of the group do this.');
}

export function assertOwner({ role }: { readonly role: ParticipantRole }): void {
  if (role !== 'OWNER') throw new AppError('FORBIDDEN', 'Owners of the group do this.');
}

/** Admins take out members, owners everybody. */
export function assertMayRemove(
  actor: { readonly userId: string; readonly role: ParticipantRole },
  target: { readonly userId: string; readonly role: ParticipantRole },
): void {
  assertAdmin(actor);
  if (actor.userId === target.userId)
    throw new AppError('INVALID_INPUT', 'Leave the group instead.', { path: ['userId'] });
  if (isAdmin(target)) assertOwner(actor);
}

export function assertRoom(members: number): void {
  if (members <= maxMembers) return;
  throw new AppError('LIMIT_REACHED', `A group has ${maxMembers} members at most.`, { path: ['userIds'] });
}

/** Whoever would be brought in must be there and take new conversations. */
export function assertReachable(contact: Contact | undefined): void {
  if (!contact) throw new AppError('NOT_FOUND', 'There is no such person.', { path: ['userIds'] });
  if (contact !== 'CLOSED') return;
  const message = 'One of these people cannot be added: send them an invite link.';
  throw new AppError('NOT_CONTACTABLE', message, { path: ['userIds'] });
}

/** A group has an owner: whoever is the only one names another first. */
export function assertOwnerStays(otherOwners: number, field: string): void {
  if (otherOwners > 0) return;
  throw new AppError('SUCCESSOR_REQUIRED', 'You are the only owner: name one who takes over.', {
    path: [field],
  });
}

/** As a file is granted to whoever sees it. */
export const pictureOf = (group: {
  readonly pictureId: string | null;
  readonly pictureOwnerId: string | null;
}) => ({
  mediaIds: group.pictureId === null ? [] : [group.pictureId],
  mediaOwnerId: group.pictureOwnerId,
});
