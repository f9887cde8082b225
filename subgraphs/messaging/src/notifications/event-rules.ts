import { eventIds, userIds } from '../ids.js';
import type { Notice } from './rules.js';

interface AboutEvent {
  readonly eventId: string;
  readonly userId: string;
}

/** Told to a person about an event. */
const eventNotice = (
  type: Notice['type'],
  { eventId, userId }: AboutEvent,
  { occasion, actorId = null }: { occasion: string; actorId?: string | null },
): Notice => ({
  recipientId: userIds.decode(userId),
  type,
  occasion,
  subjectType: 'EVENT',
  subjectId: eventIds.decode(eventId),
  actorId: actorId === null ? null : userIds.decode(actorId),
});

/** An event that is moved is remembered anew: its start is part of the occasion. */
export const reminderNotices = ({
  eventId,
  startsAt,
  minutesBefore,
  participantIds,
}: {
  readonly eventId: string;
  readonly startsAt: string;
  readonly minutesBefore: number;
  readonly participantIds: readonly string[];
}): Notice[] =>
  participantIds.map((userId) =>
    eventNotice(
      'EVENT_REMINDER',
      { eventId, userId },
      { occasion: `${eventId}:${startsAt}:${minutesBefore}` },
    ),
  );

export const offerNotice = (
  offer: AboutEvent & { readonly entryId: string; readonly offeredAt: string },
): Notice => eventNotice('WAITLIST_OFFERED', offer, { occasion: `${offer.entryId}:${offer.offeredAt}` });

export const invitationNotice = (
  invitation: AboutEvent & { readonly invitationId: string; readonly inviterId: string },
): Notice =>
  eventNotice('EVENT_INVITED', invitation, {
    occasion: invitation.invitationId,
    actorId: invitation.inviterId,
  });

export const requestNotices = ({
  registrationId,
  eventId,
  userId,
  deciderIds,
  requestedAt,
}: AboutEvent & {
  readonly registrationId: string;
  readonly deciderIds: readonly string[];
  readonly requestedAt: string;
}): Notice[] =>
  deciderIds.map((deciderId) =>
    eventNotice(
      'REGISTRATION_REQUESTED',
      { eventId, userId: deciderId },
      { occasion: `${registrationId}:${requestedAt}`, actorId: userId },
    ),
  );

/** Whoever is approved has a place, and is told of that. */
export const decisionNotices = (
  decision: AboutEvent & {
    readonly registrationId: string;
    readonly isApproved: boolean;
    readonly decidedAt: string;
  },
): Notice[] => {
  const occasion = `${decision.registrationId}:${decision.decidedAt}`;
  return decision.isApproved ? [] : [eventNotice('REGISTRATION_DECLINED', decision, { occasion })];
};
