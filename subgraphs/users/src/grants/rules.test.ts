import { describe, expect, it } from '@jest/globals';
import { AppError } from '@diaspora/kit';
import fc from 'fast-check';
import { referenceAllows, type World } from '../authority/testing/reference.js';
import { holdingsIn, pathIn, someActions, somePeople, worlds } from '../authority/testing/worlds.js';
import { assertMayChange, changesOfRole } from './rules.js';

/** A change by somebody: what the world is like afterwards, and what the rules are asked before. */
interface Attempt {
  readonly after: World;
  readonly asked: { member: string; nodeId: string; actions: readonly string[]; isRaising: boolean }[];
}

type Grant = World['grants'][number];
const actionsOf = ({ roles }: World, { roleId, action }: Pick<Grant, 'roleId' | 'action'>) =>
  roles.find(({ id }) => id === roleId)?.actions ?? [action!];

/** Every grant that could be given, every one that could be revoked, and every action a role could gain or lose. */
function* attemptsIn(world: World): Generator<Attempt> {
  const subjects = [
    ...someActions.map((action) => ({ action, roleId: null })),
    ...world.roles.map(({ id }) => ({ action: null, roleId: id })),
  ];
  for (const { userId } of world.members.filter(({ isOwner }) => !isOwner))
    for (const { id: nodeId } of world.nodes)
      for (const subject of subjects)
        for (const effect of ['ALLOW', 'DENY'] as const) {
          const grant = { id: 'new', userId, nodeId, effect, ...subject };
          const asked = {
            member: userId,
            nodeId,
            actions: actionsOf(world, subject),
            isRaising: effect === 'ALLOW',
          };
          yield { after: { ...world, grants: [...world.grants, grant] }, asked: [asked] };
        }
  for (const grant of world.grants) {
    const { userId: member, nodeId, effect } = grant;
    const asked = { member, nodeId, actions: actionsOf(world, grant), isRaising: effect === 'DENY' };
    yield { after: { ...world, grants: world.grants.filter((each) => each !== grant) }, asked: [asked] };
  }
  for (const role of world.roles)
    for (const action of someActions) {
      const isHeld = role.actions.includes(action);
      const actions = isHeld ? role.actions.filter((each) => each !== action) : [...role.actions, action];
      const roles = world.roles.map((each) => (each === role ? { ...role, actions } : each));
      const asked = world.grants
        .filter(({ roleId }) => roleId === role.id)
        .flatMap(({ userId: member, nodeId, effect }) =>
          changesOfRole(role.actions, actions, effect).map((change) => ({ ...change, member, nodeId })),
        );
      yield { after: { ...world, roles }, asked };
    }
}

function isPermitted(world: World, actor: string, { asked }: Attempt): boolean {
  const holdings = holdingsIn(world, actor);
  if (!holdings) return false;
  try {
    for (const { member, nodeId, ...change } of asked) {
      const place = {
        id: nodeId,
        organizationId: 'n0',
        name: nodeId,
        path: pathIn(world, nodeId),
        stamp: '',
      };
      assertMayChange({ userId: actor, place, holdings }, { ...change, member: holdingsIn(world, member)! });
    }
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** All that is allowed in a world, as `person node action`. */
const allowedIn = (world: World): Set<string> =>
  new Set(
    somePeople.flatMap((person) =>
      world.nodes.flatMap(({ id }) =>
        someActions
          .filter((action) => referenceAllows(world, person, action, id))
          .map((action) => `${person} ${id} ${action}`),
      ),
    ),
  );

describe('the rules of granting', () => {
  it('let no change raise anybody, but by another one who has it there and manages grants there, in any world', () => {
    let gained = 0;
    const property = fc.property(worlds, fc.constantFrom(...somePeople), (world, actor) => {
      const before = allowedIn(world);
      const permitted = [...attemptsIn(world)].filter((attempt) => isPermitted(world, actor, attempt));
      const gains = permitted.flatMap(({ after }) =>
        [...allowedIn(after)].filter((each) => !before.has(each)),
      );
      gained += gains.length;
      const escalations = gains.filter((gain) => {
        const [person, node, action] = gain.split(' ');
        const isTheActors = [action, 'grants.manage'].every((each) => before.has(`${actor} ${node} ${each}`));
        return person === actor || !isTheActors;
      });
      expect(escalations).toEqual([]);
    });
    for (let runs = 0; runs < 2_000 && gained <= 500; runs += 200) fc.assert(property, { numRuns: 200 });
    expect(gained).toBeGreaterThan(500); // or nothing was tried
  });

  it('let nobody change what was granted where they do not manage grants', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...somePeople), (world, actor) => {
        const touched = [...attemptsIn(world)]
          .filter((attempt) => isPermitted(world, actor, attempt))
          .flatMap(({ asked }) => asked.map(({ nodeId }) => nodeId));
        const others = touched.filter((id) => !referenceAllows(world, actor, 'grants.manage', id));
        expect(others).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
