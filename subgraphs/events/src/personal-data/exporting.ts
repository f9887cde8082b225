import { inPages, type Archive } from '@diaspora/kit';
import type {
  Event,
  EventSeries,
  Rating,
  Registration,
  RegistrationAnswer,
  RegistrationQuestion,
  Scan,
  EventInvitation,
  WaitlistEntry,
} from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import {
  eventIds,
  invitationIds,
  mediaIds,
  registrationIds,
  scanIds,
  seriesIds,
  userIds,
  waitlistEntryIds,
} from '../ids.js';
import { exportSales } from './exporting-sales.js';

/** Events the person organizes, co-hosts or has organized, and those the person went to. */
export const createExport =
  (db: Db) =>
  async (personId: string, archive: Archive): Promise<void> => {
    await archive.records('events', eventsOf(db, personId));
    await archive.records('event-series', seriesOf(db, personId));
    await archive.records('co-host-invitations', invitationsOf(db, personId));
    await archive.records('registrations', registrationsOf(db, personId));
    await archive.records('event-invitations', eventInvitationsOf(db, personId));
    await archive.records('waitlists', waitlistsOf(db, personId));
    await archive.records('stewardships', stewardshipsOf(db, personId));
    await archive.records('scans', scansOf(db, personId));
    await exportSales(db, personId, archive);
    await archive.records('ratings', ratingsOf(db, personId));
    await archive.records('calendarConnections', await calendarsOf(db, personId));
  };

const page = { orderBy: { id: 'asc' } } as const;
const beyond = (after: { id: string } | undefined) => (after ? { id: { gt: after.id } } : {});

async function* eventsOf(db: Db, personId: string) {
  const events = inPages<Event>((after, take) =>
    db.event.findMany({
      where: { OR: [{ organizerId: personId }, { coHostIds: { has: personId } }], ...beyond(after) },
      take,
      ...page,
    }),
  );
  for await (const event of events) {
    const {
      id,
      organizerId,
      coHostIds,
      coverId,
      galleryIds,
      seriesId,
      searchText: _derived,
      cityKey: _folded,
      ...rest
    } = event;
    yield {
      id: eventIds.encode(id),
      part: organizerId === personId ? 'ORGANIZER' : 'CO_HOST',
      ...rest,
      coHostIds: coHostIds.map((host) => userIds.encode(host)),
      seriesId: seriesId && seriesIds.encode(seriesId),
      coverId: coverId && mediaIds.encode(coverId),
      galleryIds: galleryIds.map((file) => mediaIds.encode(file)),
    };
  }
}

/** What the person's events repeat by, and what the next ones would say. */
async function* seriesOf(db: Db, organizerId: string) {
  const all = inPages<EventSeries>((after, take) =>
    db.eventSeries.findMany({ where: { organizerId, ...beyond(after) }, take, ...page }),
  );
  for await (const { id, organizerId: _self, dueAt: _internal, coHostIds, ...series } of all)
    yield { id: seriesIds.encode(id), ...series, coHostIds: coHostIds.map((host) => userIds.encode(host)) };
}

/** What the person was asked and asked others, while it waits for an answer. */
async function* invitationsOf(db: Db, personId: string) {
  const invitations = await db.coHostInvitation.findMany({
    where: { OR: [{ userId: personId }, { invitedById: personId }] },
    orderBy: [{ invitedAt: 'asc' }, { eventId: 'asc' }],
  });
  for (const { eventId, userId, invitedById, invitedAt } of invitations)
    yield {
      eventId: eventIds.encode(eventId),
      userId: userIds.encode(userId),
      invitedById: userIds.encode(invitedById),
      invitedAt,
    };
}

type Given = Pick<RegistrationAnswer, 'value'> & { question: Pick<RegistrationQuestion, 'prompt'> };

async function* registrationsOf(db: Db, userId: string) {
  const registrations = inPages<
    Registration & { event: Pick<Event, 'title' | 'startsAt'>; answers: Given[] }
  >((after, take) =>
    db.registration.findMany({
      where: { userId, ...beyond(after) },
      include: {
        event: { select: { title: true, startsAt: true } },
        answers: { select: { value: true, question: { select: { prompt: true } } } },
      },
      take,
      ...page,
    }),
  );
  for await (const { id, eventId, userId: _self, ...registration } of registrations)
    yield { id: registrationIds.encode(id), eventId: eventIds.encode(eventId), ...registration };
}

/** Of those they sent, without whom they named. */
async function* eventInvitationsOf(db: Db, personId: string) {
  const invitations = inPages<EventInvitation>((after, take) =>
    db.eventInvitation.findMany({
      where: { OR: [{ userId: personId }, { invitedById: personId }], ...beyond(after) },
      take,
      ...page,
    }),
  );
  for await (const { id, eventId, userId, status, createdAt, expiresAt } of invitations) {
    const as = userId === personId ? 'INVITED' : 'INVITER';
    yield {
      id: invitationIds.encode(id),
      eventId: eventIds.encode(eventId),
      as,
      status,
      createdAt,
      expiresAt,
    };
  }
}

async function* waitlistsOf(db: Db, userId: string) {
  const entries = inPages<WaitlistEntry>((after, take) =>
    db.waitlistEntry.findMany({ where: { userId, ...beyond(after) }, take, ...page }),
  );
  for await (const { id, eventId, userId: _self, ...entry } of entries)
    yield { id: waitlistEntryIds.encode(id), eventId: eventIds.encode(eventId), ...entry };
}

async function* stewardshipsOf(db: Db, userId: string) {
  for (const { eventId, addedAt } of await db.steward.findMany({ where: { userId } }))
    yield { eventId: eventIds.encode(eventId), addedAt };
}

/** Where the person went in and out, and what they scanned of others, without these. */
async function* scansOf(db: Db, personId: string) {
  const scans = inPages<Scan>((after, take) =>
    db.scan.findMany({
      where: { OR: [{ holderId: personId }, { stewardId: personId }], ...beyond(after) },
      take,
      ...page,
    }),
  );
  for await (const { id, eventId, holderId, direction, gate, scannedAt, refusal } of scans) {
    const as = holderId === personId ? 'PARTICIPANT' : 'STEWARD';
    yield {
      id: scanIds.encode(id),
      eventId: eventIds.encode(eventId),
      as,
      direction,
      gate,
      scannedAt,
      refusal,
    };
  }
}

async function* ratingsOf(db: Db, raterId: string) {
  const ratings = inPages<Rating>((after, take) =>
    db.rating.findMany({ where: { raterId, ...beyond(after) }, take, ...page }),
  );
  for await (const { id: _key, eventId, raterId: _self, organizerId, ...rating } of ratings)
    yield { eventId: eventIds.encode(eventId), organizerId: userIds.encode(organizerId), ...rating };
}

/** Without what opens them. */
const calendarsOf = async (db: Db, userId: string) =>
  db.calendarConnection.findMany({
    where: { userId },
    select: { provider: true, direction: true, status: true, createdAt: true, lastSyncedAt: true },
  });
