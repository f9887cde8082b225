import { eventIds, seriesIds, userIds } from '../ids.js';
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

/** Each time a place is had: again after it was given back, and after an approval. */
export const registrationNotice = (
  registration: AboutEvent & { readonly registrationId: string; readonly confirmedAt: string },
): Notice =>
  eventNotice('REGISTRATION_CONFIRMED', registration, {
    occasion: `${registration.registrationId}:${registration.confirmedAt}`,
  });

export const coHostNotice = (
  invitation: AboutEvent & { readonly invitedById: string; readonly invitedAt: string },
): Notice =>
  eventNotice('CO_HOST_INVITED', invitation, {
    occasion: `${invitation.eventId}:${invitation.invitedAt}`,
    actorId: invitation.invitedById,
  });

interface TicketHolding {
  readonly ticketId: string;
  readonly purchaseId: string;
  readonly eventId: string;
  readonly holderId: string;
}

/** The tickets of a purchase are told of together; one that was handed over, by itself. */
export const ticketNotice = ({
  ticketId,
  purchaseId,
  eventId,
  holderId,
  codeVersion,
}: TicketHolding & { readonly codeVersion: number }): Notice =>
  eventNotice(
    'TICKET_ISSUED',
    { eventId, userId: holderId },
    { occasion: codeVersion > 1 ? `${ticketId}:${codeVersion}` : purchaseId },
  );

export const ticketRefundNotice = ({
  purchaseId,
  eventId,
  holderId,
  refundedAt,
}: TicketHolding & { readonly refundedAt: string }): Notice =>
  eventNotice('TICKET_REFUNDED', { eventId, userId: holderId }, { occasion: `${purchaseId}:${refundedAt}` });

export const ticketOfferNotice = (offer: {
  readonly transferId: string;
  readonly eventId: string;
  readonly fromId: string;
  readonly toId: string;
}): Notice =>
  eventNotice(
    'TICKET_OFFERED',
    { eventId: offer.eventId, userId: offer.toId },
    { occasion: offer.transferId, actorId: offer.fromId },
  );

/** Each time it pauses anew. */
export const seriesPausedNotice = (pause: {
  readonly seriesId: string;
  readonly organizerId: string;
  readonly pausedAt: string;
}): Notice => ({
  recipientId: userIds.decode(pause.organizerId),
  type: 'SERIES_PAUSED',
  occasion: `${pause.seriesId}:${pause.pausedAt}`,
  subjectType: 'SERIES',
  subjectId: seriesIds.decode(pause.seriesId),
  actorId: null,
});

/** Their calendar is nobody's entity here; the notice is about the person. */
export const calendarNotice = ({
  connectionId,
  userId,
  disconnectedAt,
}: {
  readonly connectionId: string;
  readonly userId: string;
  readonly disconnectedAt: string;
}): Notice => ({
  recipientId: userIds.decode(userId),
  type: 'CALENDAR_DISCONNECTED',
  occasion: `${connectionId}:${disconnectedAt}`,
  subjectType: 'USER',
  subjectId: userIds.decode(userId),
  actorId: null,
});

/** When and where an event takes place: what those who go to it have to hear of. */
interface Whereabouts {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly timeZone: string;
  readonly venue: string | null;
  readonly city: string | null;
}

export const isMoved = (before: Whereabouts, after: Whereabouts): boolean =>
  before.startsAt.getTime() !== after.startsAt.getTime() ||
  before.endsAt.getTime() !== after.endsAt.getTime() ||
  before.timeZone !== after.timeZone ||
  before.venue !== after.venue ||
  before.city !== after.city;
