import type { PersonalDataDecisions } from '@diaspora/kit';
import type { Prisma } from '../database.js';

const organizer = { exported: 'events', erasure: 'PSEUDONYMISED' } as const;
const participant = { exported: 'registrations', erasure: 'PSEUDONYMISED' } as const;

const series = { exported: 'event-series', erasure: 'ERASED' } as const;
const coHost = { exported: 'co-host-invitations', erasure: 'ERASED' } as const;

const seller = { exported: 'packets', erasure: 'PSEUDONYMISED' } as const;
/** Who paid whom for what is in the books as long as the law asks, under keys. */
const buyer = { exported: 'purchases', erasure: 'PSEUDONYMISED' } as const;
const holder = { exported: 'tickets', erasure: 'PSEUDONYMISED' } as const;
const transfer = { exported: 'ticket-transfers', erasure: 'ERASED' } as const;

/** What of this subgraph is a person's, and what becomes of it. */
export const personalDataDecisions: PersonalDataDecisions<Prisma.ModelName> = {
  tables: {
    Event: organizer,
    Registration: participant,
    PlaceHold: { impersonal: 'places kept for a purchase or an entry of the waitlist, for minutes' },
    CalendarFeed: { exported: { not: 'a secret address, of which only a hash is kept' }, erasure: 'ERASED' },
    CoHostInvitation: coHost,
    RegistrationSettings: { impersonal: 'terms of an event' },
    RegistrationQuestion: { impersonal: 'questions of an event' },
    RegistrationAnswer: { exported: 'registrations', erasure: 'ERASED' },
    EventInvitation: { exported: 'event-invitations', erasure: 'ERASED' },
    Reminder: { impersonal: 'that an event was remembered' },
    WaitlistEntry: { exported: 'waitlists', erasure: 'ERASED' },
    Steward: { exported: 'stewardships', erasure: 'ERASED' },
    Scan: { exported: 'scans', erasure: 'PSEUDONYMISED' },
    CheckIn: { exported: { not: 'follows from the scans' }, erasure: 'PSEUDONYMISED' },
    CheckInKey: { impersonal: 'keys of the platform' },
    Person: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    EventSeries: series,
    TicketType: { impersonal: 'terms of an event' },
    EventSeat: { impersonal: 'the plan of an event' },
    Packet: seller,
    Inclusion: { impersonal: 'events of a packet' },
    Voucher: { exported: 'vouchers', erasure: 'PSEUDONYMISED' },
    Purchase: buyer,
    PurchaseLine: { impersonal: 'what was bought; given with the purchase' },
    PurchaseRefund: { impersonal: 'amounts; given with the purchase' },
    Ticket: holder,
    TicketTransfer: transfer,
    EventCount: { impersonal: 'sums by day and country' },
    Follow: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Rating: { exported: 'ratings', erasure: 'PSEUDONYMISED' },
    CalendarConnection: { exported: 'calendarConnections', erasure: 'ERASED' },
    SyncedEntry: {
      exported: { not: 'events and places are, and the calendar is the person’s' },
      erasure: 'ERASED',
    },
    CalendarConsent: { exported: { not: 'secrets of a quarter of an hour' }, erasure: 'ERASED' },
    Office: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Privileges: { exported: { not: 'users and payments give the original' }, erasure: 'ERASED' },
    Friendship: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Allowance: { exported: { not: 'how often somebody did something on one day' }, erasure: 'ERASED' },
    Suspension: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Block: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
  },
  fields: {
    'Event.organizer': organizer,
    'Event.coHosts': { exported: 'events', erasure: 'ERASED' },
    'EventSeries.organizer': series,
    'CoHostInvitation.user': coHost,
    'CoHostInvitation.invitedBy': coHost,
    'Packet.organizer': seller,
    'Voucher.organizer': { exported: 'vouchers', erasure: 'PSEUDONYMISED' },
    'Purchase.buyer': buyer,
    'Purchase.seller': buyer,
    'Ticket.holder': holder,
    'TicketTransfer.from': transfer,
    'TicketTransfer.to': transfer,
    'Registration.user': participant,
    'EventInvitation.user': { exported: 'event-invitations', erasure: 'ERASED' },
    'EventInvitation.invitedBy': { exported: 'event-invitations', erasure: 'PSEUDONYMISED' },
    'WaitlistEntry.user': { exported: 'waitlists', erasure: 'ERASED' },
    'Event.stewards': { exported: 'stewardships', erasure: 'ERASED' },
    'DoorListEntry.user': participant,
    'Scan.user': { exported: 'scans', erasure: 'PSEUDONYMISED' },
    'Scan.steward': { exported: 'scans', erasure: 'PSEUDONYMISED' },
  },
};
