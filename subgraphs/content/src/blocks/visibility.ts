import type { Viewer } from '@diaspora/kit';
import { Prisma } from '../database.js';

export type Reader = Pick<Viewer, 'id' | 'kind' | 'roles' | 'scopes'> | null;

/** Visitors are not known, and moderators see what there is. */
const isBarred = (viewer: Reader): viewer is NonNullable<Reader> =>
  viewer !== null && !viewer.roles.includes('SUPER_USER');

/** People whom no block separates from the viewer, either way. */
export const notBlocked = (viewer: Reader): Prisma.MemberWhereInput =>
  isBarred(viewer)
    ? {
        blocksMade: { none: { blockedId: viewer.id, isActive: true } },
        blocksMet: { none: { blockerId: viewer.id, isActive: true } },
      }
    : {};

/** The same filter on a column of people's keys, for statements that Prisma cannot write. */
export const notBlockedRows = (viewer: Reader, person: Prisma.Sql): Prisma.Sql =>
  isBarred(viewer)
    ? Prisma.sql`NOT EXISTS (SELECT FROM blocks b WHERE b.is_active
          AND b.blocker_id = ${person} AND b.blocked_id = ${viewer.id}::uuid)
        AND NOT EXISTS (SELECT FROM blocks b WHERE b.is_active
          AND b.blocker_id = ${viewer.id}::uuid AND b.blocked_id = ${person})`
    : Prisma.sql`TRUE`;

/** People whom the viewer wants in the feed. */
export const notMuted = (viewer: Reader): Prisma.MemberWhereInput =>
  viewer ? { mutesMet: { none: { muterId: viewer.id, isActive: true } } } : {};
