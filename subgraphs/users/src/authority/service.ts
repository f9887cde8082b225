import { AppError, type Cache } from '@diaspora/kit';
import { Prisma, type Db, type Transaction } from '../database.js';
import { createKeptHoldings, readHoldings, readHoldingsOf, readPlaces } from './holdings.js';
import {
  decide,
  may,
  mayGrant,
  placeToGrantAt,
  reachOf,
  type Decision,
  type Holdings,
  type Place,
  type Reach,
} from './rules.js';
import type { BuiltInAction } from './actions.js';

export type Authority = ReturnType<typeof createAuthority>;

/** A question and its answer with all that led to it. */
export interface Explanation extends Decision {
  readonly action: string;
  readonly place: Place;
  readonly userId: string;
}

const grantorsNamed = 10;
const grantorsLookedAt = 500;

const notInside = (path: string) =>
  new AppError('NOT_FOUND', 'There is no such place in an organization of yours.', { path: [path] });

/** Who may do what in organizations. Answers are those of the last committed change, with or without Redis. */
export function createAuthority({ db, cache }: { readonly db: Db; readonly cache: Cache }) {
  const holdingsAt = createKeptHoldings({ db, cache });

  const findPlace = async (nodeId: string): Promise<Place | undefined> =>
    (await readPlaces(db, [nodeId])).get(nodeId);

  /** One decision for each question, in their order; a place that is not there is one of no member. */
  async function decideAll(
    userId: string,
    questions: readonly { nodeId: string; action: string }[],
  ): Promise<Decision[]> {
    const nodeIds = questions.map(({ nodeId }) => nodeId);
    const places = await readPlaces(db, nodeIds);
    const held = new Map<string, Promise<Holdings | null>>();
    const heldFor = (place: Place, action: string) => {
      const key = `${place.organizationId} ${action}`;
      const known = held.get(key) ?? holdingsAt(userId, place, action);
      held.set(key, known);
      return known;
    };
    return Promise.all(
      questions.map(async ({ nodeId, action }) => {
        const place = places.get(nodeId);
        return place ? decide(await heldFor(place, action), action, place.path) : decide(null, action, []);
      }),
    );
  }

  async function can(userId: string, action: string, nodeId: string): Promise<boolean> {
    const [decision] = await decideAll(userId, [{ nodeId, action }]);
    return decision!.isAllowed;
  }

  /** What `userId` may do is told to themselves and to those who answer for grants there. */
  async function canAskedBy(
    viewerId: string,
    userId: string,
    action: string,
    nodeId: string,
  ): Promise<boolean> {
    if (viewerId !== userId) await assertMayAskAbout(viewerId, nodeId);
    return can(userId, action, nodeId);
  }

  async function assertMayAskAbout(viewerId: string, nodeId: string): Promise<void> {
    if (await can(viewerId, 'grants.manage', nodeId)) return;
    throw new AppError('FORBIDDEN', 'What others may do is told to those who manage grants there.');
  }

  /** Null for a place that the viewer's organizations do not have. */
  async function explain(
    viewerId: string,
    userId: string,
    action: string,
    nodeId: string,
  ): Promise<Explanation | null> {
    const place = await findPlace(nodeId);
    if (!place || !(await holdingsAt(viewerId, place, action))) return null;
    if (viewerId !== userId) await assertMayAskAbout(viewerId, nodeId);
    return { ...decide(await holdingsAt(userId, place, action), action, place.path), action, place, userId };
  }

  /** Members who could change the answer: grant the action, or lift what denies it. Nobody when it is allowed. */
  async function grantorsFor(explanation: Explanation): Promise<string[]> {
    const { isAllowed, place, action, userId } = explanation;
    if (isAllowed || explanation.reason === 'NOT_A_MEMBER') return [];
    const path = placeToGrantAt(explanation, place.path);
    const candidates = await readHoldings(
      db,
      Prisma.sql`member.id IN (
        SELECT id FROM organization_members one
        WHERE one.organization_id = ${place.organizationId}::uuid AND one.user_id <> ${userId}::uuid
          AND (one.is_owner OR EXISTS (
            SELECT 1 FROM organization_grants given WHERE given.member_id = one.id
              AND given.effect = 'ALLOW' AND given.node_id = ANY(${[...path]}::uuid[])))
        ORDER BY one.is_owner DESC, one.id LIMIT ${grantorsLookedAt})`,
    );
    return candidates
      .filter((candidate) => mayGrant(candidate, [action], path))
      .slice(0, grantorsNamed)
      .map((candidate) => candidate.userId);
  }

  /** The place, or NOT_FOUND for whoever is no member and FORBIDDEN for a member who may not. */
  async function assertMay(userId: string, action: string, nodeId: string, path = 'nodeId'): Promise<Place> {
    const place = await findPlace(nodeId);
    const holdings = place && (await holdingsAt(userId, place, action));
    if (!place || !holdings) throw notInside(path);
    if (!may(holdings, action, place.path)) throw new AppError('FORBIDDEN', 'You may not do this here.');
    return place;
  }

  /** In which departments of an organization; null for one that is not there or not the person's. */
  async function reach(userId: string, action: string, organizationId: string): Promise<Reach | null> {
    const root = await findPlace(organizationId);
    const holdings = root && (await holdingsAt(userId, root, action));
    return holdings ? reachOf(holdings, action, root.id) : null;
  }

  return { can, canAskedBy, decideAll, explain, grantorsFor, assertMay, reach };
}

/**
 * Begins a change of who may do what in the organization of a node, and answers what the actor holds from then on. Such
 * changes come one after the other, and answers kept from before are of no use to anybody from the commit on. Throws
 * NOT_FOUND for whoever is no member, and for an organization that is closed.
 */
export async function beginChange(
  tx: Transaction,
  actorId: string,
  nodeId: string,
  path = 'nodeId',
): Promise<Actor> {
  const { place } = await readActor(tx, actorId, nodeId, path);
  await tx.$executeRaw`UPDATE organizations SET stamp = gen_random_uuid() WHERE id = ${place.organizationId}::uuid`;
  return readActor(tx, actorId, nodeId, path);
}

/** Who acts, where, and what they hold. */
export interface Actor {
  readonly userId: string;
  readonly place: Place;
  readonly holdings: Holdings;
}

async function readActor(tx: Transaction, userId: string, nodeId: string, path: string): Promise<Actor> {
  const place = (await readPlaces(tx, [nodeId])).get(nodeId);
  const holdings = place && (await readHoldingsOf(tx, userId, place.organizationId));
  if (!place || !holdings) throw notInside(path);
  return { userId, place, holdings };
}

/** Throws FORBIDDEN unless the actor may do this at the place. */
export function assertActorMay({ holdings, place }: Actor, action: BuiltInAction): void {
  if (!may(holdings, action, place.path)) throw new AppError('FORBIDDEN', 'You may not do this here.');
}
