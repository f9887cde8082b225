import type { Cache } from '@diaspora/kit';
import { Prisma, type Transaction } from '../database.js';
import type { Holdings, Place } from './rules.js';

type Client = Pick<Transaction, '$queryRaw'>;

/** Places of organizations that are open, by id. */
export async function readPlaces(client: Client, nodeIds: readonly string[]): Promise<Map<string, Place>> {
  const places = await client.$queryRaw<Place[]>`
    SELECT node.id, node.organization_id AS "organizationId", node.name, node.path, organization.stamp
    FROM organization_nodes node JOIN organizations organization ON organization.id = node.organization_id
    WHERE node.id = ANY(${[...new Set(nodeIds)]}::uuid[]) AND organization.closed_at IS NULL`;
  return new Map(places.map((place) => [place.id, place]));
}

/** What the members that fit hold: all of it, or what is about one action. */
export const readHoldings = (
  client: Client,
  members: Prisma.Sql,
  action: string | null = null,
): Promise<Holdings[]> =>
  client.$queryRaw`
    SELECT member.id AS "memberId", member.user_id AS "userId", member.is_owner AS "isOwner",
      coalesce(json_agg(json_build_object('id', held.id, 'nodeId', held.node_id, 'path', node.path,
        'effect', held.effect, 'roleId', held.role_id,
        'actions', CASE WHEN ${action}::text IS NULL THEN coalesce(role.actions, ARRAY[held.action]) ELSE ARRAY[${action}::text] END))
        FILTER (WHERE node.id IS NOT NULL), '[]') AS grants
    FROM organization_members member
    LEFT JOIN organization_grants held ON held.member_id = member.id
    LEFT JOIN organization_roles role ON role.id = held.role_id
    LEFT JOIN organization_nodes node ON node.id = held.node_id
      AND (${action}::text IS NULL OR held.action = ${action} OR ${action} = ANY(role.actions))
    WHERE ${members}
    GROUP BY member.id`;

export async function readHoldingsOf(
  client: Client,
  userId: string,
  organizationId: string,
  action: string | null = null,
): Promise<Holdings | null> {
  const members = Prisma.sql`member.user_id = ${userId}::uuid AND member.organization_id = ${organizationId}::uuid`;
  const [holdings] = await readHoldings(client, members, action);
  return holdings ?? null;
}

/** What a person holds about an action in the organization of a place. */
export type KeptHoldings = (
  userId: string,
  place: Pick<Place, 'organizationId' | 'stamp'>,
  action: string,
) => Promise<Holdings | null>;

/**
 * From Redis when it was read before. It is kept under the stamp that came with the place, and every change in the
 * organization makes another stamp in its own transaction: what was kept before a change is asked for by nobody after it,
 * whether Redis heard of anything or not.
 */
export const createKeptHoldings =
  ({ db, cache }: { db: Client; cache: Cache }): KeptHoldings =>
  (userId, { organizationId, stamp }, action) =>
    cache.wrap(`holdings:${stamp}:${userId}:${action}`, keptSeconds, () =>
      readHoldingsOf(db, userId, organizationId, action),
    );

const keptSeconds = 3_600;
