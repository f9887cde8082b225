import {
  createFirstPageLoaders,
  createRowLoader,
  type FirstPage,
  type Clock,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Block, Registration, RegistrationStatus, Suspension } from '../__generated__/prisma/client.js';
import { firstRows, Prisma, type Db } from '../database.js';
import { inForce } from '../suspensions.js';
import { servesRegistrations } from './rules.js';

export interface ParticipationLoaders {
  /** Registrations by key; null also for those the viewer may not see. */
  readonly registration: Loader<string, Registration | null>;
  /** The viewer's registrations, by event. */
  readonly viewerRegistration: Loader<string, Registration | null>;
  /** Blocks of the viewer that are in force, by who blocked. */
  readonly blockOfViewer: Loader<string, Block | null>;
  /** Suspensions that last, by person. */
  readonly suspension: Loader<string, Suspension | null>;
  /** How many people may come, by event; null where nobody said so. */
  readonly interestedCount: Loader<string, { readonly count: number } | null>;
  /** The first or last registrations of a status, by event. For whoever permissions.ts lets see them. */
  readonly firstRegistrationsOfEvent: (
    status: RegistrationStatus,
    page: FirstPage,
  ) => Loader<string, Registration[]>;
  /** A person's newest or oldest registrations, by person. For whoever permissions.ts lets see them. */
  readonly firstRegistrationsOfUser: (page: FirstPage) => Loader<string, Registration[]>;
}

export const createParticipationLoaders = (
  db: Db,
  clock: Clock,
  viewer: Viewer | null,
): ParticipationLoaders => ({
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
  blockOfViewer: createRowLoader(
    async (ids) =>
      viewer
        ? db.block.findMany({
            where: { blockerId: { in: [...ids] }, blockedId: viewer.id, isActive: true },
          })
        : [],
    (block) => block.blockerId,
  ),
  suspension: createRowLoader(
    (ids) => db.suspension.findMany({ where: { personId: { in: [...ids] }, ...inForce(clock.now()) } }),
    ({ personId }) => personId,
  ),
  interestedCount: createRowLoader(
    (eventIds) => db.$queryRaw<{ eventId: string; count: number }[]>`
      SELECT event_id AS "eventId", count(*)::int AS count FROM registrations
      WHERE event_id = ANY(${[...eventIds]}::uuid[]) AND status = 'INTERESTED' GROUP BY event_id`,
    ({ eventId }) => eventId,
  ),
  firstRegistrationsOfEvent: createFirstOfStatus(db),
  firstRegistrationsOfUser: createFirstLoaders(db, 'userId', Prisma.sql`TRUE`),
});

function createFirstOfStatus(db: Db): ParticipationLoaders['firstRegistrationsOfEvent'] {
  const known = new Map<RegistrationStatus, ReturnType<typeof createFirstLoaders>>();
  return (status, page) => {
    const loaders =
      known.get(status) ??
      createFirstLoaders(db, 'eventId', Prisma.sql`status = ${status}::registration_status`);
    known.set(status, loaders);
    return loaders(page);
  };
}

const createFirstLoaders = (db: Db, parent: 'eventId' | 'userId', condition: Prisma.Sql) =>
  createFirstPageLoaders(
    firstRows(db, { table: 'registrations', parent, condition }, (rows) => db.registration.findMany(rows)),
    (registration: Registration) => registration[parent],
  );

/** Registrations are seen by the person and by the hosts. */
const visibleTo = (viewer: Viewer): Prisma.RegistrationWhereInput =>
  viewer.roles.includes('SUPER_USER') || servesRegistrations(viewer)
    ? {}
    : {
        OR: [
          { userId: viewer.id },
          { event: { organizerId: viewer.id } },
          { event: { coHostIds: { has: viewer.id } } },
        ],
      };
