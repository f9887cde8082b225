import { defineMessages } from '@diaspora/kit';
import { z } from 'zod';

const eventType = z.enum(['FREE', 'PREMIUM', 'NATIONAL', 'LOCAL']);

/** One to five. */
const stars = z.number().int().min(1).max(5);

/** Below zero with a minus. */
const minorUnits = z.string().regex(/^-?\d+$/);
const money = { amountMinor: minorUnits, currency: z.string() };

const heldPlaces = z.object({
  holdId: z.string(),
  eventId: z.string(),
  purpose: z.enum(['PURCHASE', 'OFFER']),
  places: z.int(),
});

const ticket = z.object({
  ticketId: z.string(),
  purchaseId: z.string(),
  eventId: z.string(),
  holderId: z.string(),
});
const registration = z.object({ registrationId: z.string(), eventId: z.string(), userId: z.string() });

/** The whole event as others may show or index it; a higher version wins. */
const eventSnapshot = z.object({
  eventId: z.string(),
  version: z.number().int(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  domain: z.string(),
  type: eventType,
  status: z.enum(['DRAFT', 'PUBLISHED', 'CANCELLED', 'COMPLETED']),
  visibility: z.enum(['PUBLIC', 'UNLISTED', 'MEMBERS', 'PRIVATE']),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  timeZone: z.string(),
  countryCode: z.string(),
  city: z.string().nullable(),
  venue: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  organizerId: z.string(),
  capacity: z.number().int().nullable(),
  tags: z.array(z.string()),
  /** Organizer and co-hosts. */
  hostIds: z.array(z.string()).optional(),
  /** Files of content it is shown with; only those that a host uploaded count. */
  mediaIds: z.array(z.string()).optional(),
});

/**
 * What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. Every message has the event's
 * id as its key, so that what happens to one event, its registrations included, arrives in order; what is asked of
 * payments has the purchase's, and what concerns a whole series has the series'. Amounts are decimal strings of minor units.
 */
export const messages = defineMessages('events', {
  /** A draft became visible to others. */
  'event.published': { version: 1, schema: eventSnapshot },
  /** A published event was edited. */
  'event.changed': { version: 1, schema: eventSnapshot },
  'event.cancelled': {
    version: 1,
    schema: z.object({ eventId: z.string(), version: z.number().int(), cancelledAt: z.iso.datetime() }),
  },
  /** A person was asked to organize an event together with its organizer. */
  'coHost.invited': {
    version: 1,
    schema: z.object({
      eventId: z.string(),
      userId: z.string(),
      invitedById: z.string(),
      invitedAt: z.iso.datetime(),
    }),
  },
  /** No further events of a series are made, as its organizer lost what they need. Told each time it begins to be so. */
  'series.paused': {
    version: 1,
    schema: z.object({
      seriesId: z.string(),
      organizerId: z.string(),
      reason: z.enum(['OFFICE_ENDED', 'PREMIUM_ENDED']),
      pausedAt: z.iso.datetime(),
    }),
  },
  /** A published event is over. Once an event; should its counts be told again, then under a higher version. */
  'event.completed': {
    version: 1,
    schema: z.object({
      eventId: z.string(),
      version: z.number().int(),
      type: eventType,
      organizerId: z.string(),
      countryCode: z.string(),
      city: z.string().nullable(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime(),
      completedAt: z.iso.datetime(),
      /** Places that were taken, with a ticket or without. */
      registeredCount: z.number().int(),
      /** Null where nobody was checked in. */
      checkedInCount: z.number().int().nullable(),
    }),
  },
  /** What one participant thought of it, whole, published by the ratings with each change; a higher revision wins. */
  'event.rated': {
    version: 1,
    schema: z.object({
      eventId: z.string(),
      revision: z.number().int(),
      /** Tells the raters of one event apart and leads to no person. */
      raterKey: z.string(),
      organizerId: z.string(),
      eventType,
      countryCode: z.string(),
      city: z.string().nullable(),
      ratings: z.object({
        event: stars,
        participants: stars,
        exchange: stars,
        venue: stars,
        organizer: stars,
      }),
      ratedAt: z.iso.datetime(),
    }),
  },
  /** A calendar that a person connected is not kept in step any more. Key: the person. */
  'calendar.disconnected': {
    version: 1,
    schema: z.object({
      connectionId: z.string(),
      userId: z.string(),
      provider: z.enum(['GOOGLE', 'CALDAV']),
      reason: z.enum(['ACCESS_REFUSED', 'CALENDAR_REMOVED']),
      disconnectedAt: z.iso.datetime(),
    }),
  },
  /** A person holds a place. */
  'registration.confirmed': {
    version: 1,
    schema: z.object({
      registrationId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      confirmedAt: z.iso.datetime(),
    }),
  },
  /** A person asks for a place; one of those named has to approve. */
  'registration.requested': {
    version: 1,
    schema: registration.extend({ deciderIds: z.array(z.string()), requestedAt: z.iso.datetime() }),
  },
  /** An organizer approved or declined. */
  'registration.decided': {
    version: 1,
    schema: registration.extend({
      deciderId: z.string(),
      isApproved: z.boolean(),
      decidedAt: z.iso.datetime(),
    }),
  },
  /** A member is invited to an event. */
  'eventInvitation.sent': {
    version: 1,
    schema: z.object({
      invitationId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      inviterId: z.string(),
      expiresAt: z.iso.datetime(),
    }),
  },
  /** An event begins in so many minutes: a page of those who take part in it. The same again is the same reminder. */
  'event.reminderDue': {
    version: 1,
    schema: z.object({
      eventId: z.string(),
      startsAt: z.iso.datetime(),
      minutesBefore: z.int(),
      participantIds: z.array(z.string()),
    }),
  },
  /** Places are kept for somebody who waited, until then. */
  'waitlist.offered': {
    version: 1,
    schema: z.object({
      entryId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      places: z.int(),
      offeredAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
    }),
  },
  /** Somebody went in or out at a door; conflicting when something speaks against it. Refusals are not told. */
  'checkin.recorded': {
    version: 1,
    schema: z.object({
      scanId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      admissionKind: z.enum(['REGISTRATION', 'TICKET']),
      admissionId: z.string(),
      direction: z.enum(['IN', 'OUT']),
      scannedAt: z.iso.datetime(),
      isConflicting: z.boolean(),
    }),
  },
  /** A person gave the place back. */
  'registration.cancelled': {
    version: 1,
    schema: z.object({
      registrationId: z.string(),
      eventId: z.string(),
      userId: z.string(),
      cancelledAt: z.iso.datetime(),
    }),
  },
  /** Places are kept for somebody until then: for a purchase that waits for its payment, or an offer to who waits. */
  'ticketHold.created': { version: 1, schema: heldPlaces.extend({ expiresAt: z.iso.datetime() }) },
  /** They are kept no more: taken, given up or expired. */
  'ticketHold.released': { version: 1, schema: heldPlaces.extend({ releasedAt: z.iso.datetime() }) },
  /** A person has a ticket: bought, or handed over by another, who has it no more. */
  'ticket.issued': {
    version: 1,
    schema: ticket.extend({ codeVersion: z.int(), issuedAt: z.iso.datetime() }),
  },
  /** A person is offered a ticket by somebody who has it; it is theirs when they accept. */
  'ticket.transferOffered': {
    version: 1,
    schema: z.object({
      transferId: z.string(),
      ticketId: z.string(),
      eventId: z.string(),
      fromId: z.string(),
      toId: z.string(),
      offeredAt: z.iso.datetime(),
    }),
  },
  /** A ticket was given back and is worth nothing now, whether or not money went back with it. */
  'ticket.refunded': { version: 1, schema: ticket.extend({ ...money, refundedAt: z.iso.datetime() }) },
  /** Asks payments for an order. It can be paid until then; the purchase may end before, which is told as cancelled. */
  'order.requested': {
    version: 1,
    schema: z.object({
      orderId: z.string(),
      purchaseId: z.string(),
      buyerId: z.string(),
      sellerId: z.string(),
      currency: z.string(),
      totalMinor: minorUnits,
      /** They sum to the total; a discount is a line below zero. */
      lines: z.array(
        z.object({
          description: z.string(),
          quantity: z.int(),
          unitAmountMinor: minorUnits,
          amountMinor: minorUnits,
        }),
      ),
      /** The saved way to pay to charge at once; null when the buyer pays by hand. */
      paymentMethodId: z.string().nullable(),
      payBefore: z.iso.datetime(),
    }),
  },
  /** The purchase takes no payment any more. Says nothing about an order that is paid by then. */
  'order.cancellationRequested': {
    version: 1,
    schema: z.object({
      orderId: z.string(),
      purchaseId: z.string(),
      reason: z.enum(['EXPIRED', 'BUYER', 'EVENT_CANCELLED']),
    }),
  },
  /** Asks for money back, all or a part. The same refundId again asks whether it has gone meanwhile, and to try again. */
  'order.refundRequested': {
    version: 1,
    schema: z.object({
      refundId: z.string(),
      orderId: z.string(),
      purchaseId: z.string(),
      ...money,
      reason: z.enum(['BUYER', 'ORGANIZER', 'EVENT_CANCELLED', 'NO_PLACES']),
    }),
  },
});

export type EventsMessages = typeof messages;
