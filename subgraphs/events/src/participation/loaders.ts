import {
  columnOf,
  createFirstPageLoaders,
  createRowLoader,
  orderOf,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Registration } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';

export interface ParticipationLoaders {
  /** Registrations by key; null also for those the viewer may not see. */
  readonly registration: Loader<string, Registration | null>;
  /** The viewer's registrations, by event. */
  readonly viewerRegistration: Loader<string, Registration | null>;
  /** The first or last people who hold a place, by event. For whoever permissions.ts lets see them. */
  readonly firstRegistrationsOfEvent: (page: FirstPage) => Loader<string, Registration[]>;
  /** A person's newest or oldest registrations, by person. For whoever permissions.ts lets see them. */
  readonly firstRegistrationsOfUser: (page: FirstPage) => Loader<string, Registration[]>;
}

export const createParticipationLoaders = (db: Db, viewer: Viewer | null): ParticipationLoaders => ({
  registration: createRowLoader(
    async (ids) =>
      viewer
        ? db.registration.findMany({ where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer)] } })
        : [],
    (registration) => registration.id,
  ),
  viewerRegistration: createRowLoader(
    async (eventIds) =>
      viewer
        ? db.registration.findMany({ where: { userId: viewer.id, eventId: { in: [...eventIds] } } })
        : [],
    (registration) => registration.eventId,
  ),
  firstRegistrationsOfEvent: createFirstLoaders(db, 'eventId', Prisma.sql`status = 'CONFIRMED'`),
  firstRegistrationsOfUser: createFirstLoaders(db, 'userId', Prisma.sql`TRUE`),
});

const createFirstLoaders = (db: Db, parent: 'eventId' | 'userId', condition: Prisma.Sql) =>
  createFirstPageLoaders(
    async (parentIds, page) => {
      const found = await db.$queryRaw<{ id: string }[]>`
        SELECT registration.id FROM unnest(${[...parentIds]}::uuid[]) AS parent (id)
        CROSS JOIN LATERAL (
          SELECT id FROM registrations WHERE ${Prisma.raw(columnOf(parent))} = parent.id AND ${condition}
          ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
        ) AS registration`;
      const ids = found.map(({ id }) => id);
      return db.registration.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (registration: Registration) => registration[parent],
  );

/** Registrations are seen by the person and by the organizer. */
const visibleTo = (viewer: Viewer): Prisma.RegistrationWhereInput =>
  viewer.roles.includes('SUPER_USER')
    ? {}
    : { OR: [{ userId: viewer.id }, { event: { organizerId: viewer.id } }] };
