import type { Viewer } from '@diaspora/kit';
import { Prisma } from '../database.js';

/** A condition on documents: no block between the owner and the viewer, either way. Moderators find what there is. */
export const notBlocked = ({ id, roles }: Pick<Viewer, 'id' | 'roles'>): Prisma.Sql =>
  roles.includes('SUPER_USER')
    ? Prisma.sql`TRUE`
    : Prisma.sql`(
        NOT EXISTS (SELECT FROM blocks b WHERE b.is_active AND b.blocker_id = ${id}::uuid AND b.blocked_id = owner_key)
        AND NOT EXISTS (SELECT FROM blocks b WHERE b.is_active AND b.blocker_id = owner_key AND b.blocked_id = ${id}::uuid))`;
