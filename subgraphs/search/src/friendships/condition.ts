import type { Viewer } from '@diaspora/kit';
import { Prisma } from '../database.js';

/**
 * A condition on documents: those for friends are found by friends of the owner, and by the owner. The viewer's friends are
 * read once, and only when there is such a document.
 */
export const forViewer = ({ id }: Pick<Viewer, 'id'>): Prisma.Sql => Prisma.sql`(
  NOT is_for_friends OR owner_key = ${id}::uuid OR owner_key = ANY (ARRAY(
    SELECT high_id FROM friendships WHERE low_id = ${id}::uuid AND is_active
    UNION ALL SELECT low_id FROM friendships WHERE high_id = ${id}::uuid AND is_active)))`;
