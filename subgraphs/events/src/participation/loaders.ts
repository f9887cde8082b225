import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Prisma, Registration } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface ParticipationLoaders {
  /** Registrations by key; null also for those the viewer may not see. */
  readonly registration: Loader<string, Registration | null>;
  /** The viewer's registrations, by event. */
  readonly viewerRegistration: Loader<string, Registration | null>;
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
});

/** Registrations are seen by the person and by the organizer. */
const visibleTo = (viewer: Viewer): Prisma.RegistrationWhereInput =>
  viewer.roles.includes('SUPER_USER')
    ? {}
    : { OR: [{ userId: viewer.id }, { event: { organizerId: viewer.id } }] };
