import type { Viewer } from '@diaspora/kit';
import { Prisma } from '../database.js';
import { isModerator } from './rules.js';

/** A condition on the column of a person: no block between that person and the viewer, either way. */
export function notBlocked(viewer: Viewer, person: Prisma.Sql): Prisma.Sql {
  if (isModerator(viewer)) return Prisma.sql`TRUE`;
  return Prisma.sql`
    NOT EXISTS (SELECT FROM ties b WHERE b.person_id = ${viewer.id}::uuid AND b.other_id = ${person}
      AND b.blocked_since IS NOT NULL)
    AND NOT EXISTS (SELECT FROM ties b WHERE b.person_id = ${person} AND b.other_id = ${viewer.id}::uuid
      AND b.blocked_since IS NOT NULL)`;
}
