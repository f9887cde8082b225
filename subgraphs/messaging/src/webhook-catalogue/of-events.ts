import type { EventsMessages } from '@diaspora/events/messages';
import { z } from 'zod';
import { offersOf } from './offers.js';

const offer = offersOf<EventsMessages>('events');

const id = z.string();
const at = z.iso.datetime();
const amount = { amountMinor: z.string(), currency: z.string() };
const eventType = z.enum(['FREE', 'PREMIUM', 'NATIONAL', 'LOCAL']);

const event = z.object({
  eventId: id,
  version: z.int(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  domain: z.string(),
  type: eventType,
  status: z.enum(['DRAFT', 'PUBLISHED', 'CANCELLED', 'COMPLETED']),
  visibility: z.enum(['PUBLIC', 'UNLISTED', 'MEMBERS', 'PRIVATE']),
  startsAt: at,
  endsAt: at,
  timeZone: z.string(),
  countryCode: z.string(),
  city: z.string().nullable(),
  venue: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  organizerId: id,
  capacity: z.int().nullable(),
  tags: z.array(z.string()),
});

/** As `events:read` lets programs see them. Of others partners learn that they are there, and not what they are. */
function withoutPrivacy(data: z.output<typeof event>) {
  if (data.visibility === 'PUBLIC' || data.visibility === 'MEMBERS') return data;
  const { eventId, version, status, visibility } = data;
  return { eventId, version, status, visibility };
}

const snapshot = {
  schema: event,
  leftOut: ['hostIds', 'mediaIds'],
  narrow: withoutPrivacy,
} as const;
const onlyThere =
  'Of events that are UNLISTED or PRIVATE only eventId, version, status and visibility are told.';
const registration = z.object({ registrationId: id, eventId: id, userId: id });
const ticket = z.object({ ticketId: id, purchaseId: id, eventId: id, holderId: id });

export const offersOfEvents = [
  offer('event.published', 1, {
    description: `A draft became visible to others: the whole event. ${onlyThere}`,
    ...snapshot,
  }),
  offer('event.changed', 1, {
    description: `A published event was edited: the whole event; a higher version wins. ${onlyThere}`,
    ...snapshot,
  }),
  offer('event.cancelled', 1, {
    description: 'An event does not take place.',
    schema: z.object({ eventId: id, version: z.int(), cancelledAt: at }),
  }),
  offer('event.completed', 1, {
    description: 'A published event is over: how many had a place and how many came.',
    schema: z.object({
      eventId: id,
      version: z.int(),
      type: eventType,
      organizerId: id,
      startsAt: at,
      endsAt: at,
      completedAt: at,
      registeredCount: z.int(),
      checkedInCount: z.int().nullable(),
    }),
    leftOut: ['countryCode', 'city'],
  }),
  offer('registration.confirmed', 1, {
    description: 'A person has a place at an event.',
    schema: registration.extend({ confirmedAt: at }),
  }),
  offer('registration.cancelled', 1, {
    description: 'A person gave a place back.',
    schema: registration.extend({ cancelledAt: at }),
  }),
  offer('checkin.recorded', 1, {
    description: 'Somebody went in or out at a door of an event.',
    schema: z.object({
      scanId: id,
      eventId: id,
      userId: id,
      admissionKind: z.enum(['REGISTRATION', 'TICKET']),
      admissionId: id,
      direction: z.enum(['IN', 'OUT']),
      scannedAt: at,
    }),
    leftOut: ['isConflicting'],
  }),
  offer('ticket.issued', 1, {
    description: 'A person has a ticket: bought, or handed over by another, who has it no more.',
    schema: ticket.extend({ issuedAt: at }),
    leftOut: ['codeVersion'],
  }),
  offer('ticket.refunded', 1, {
    description: 'A ticket was given back, with the money that went back for it.',
    schema: ticket.extend({ ...amount, refundedAt: at }),
  }),
];
