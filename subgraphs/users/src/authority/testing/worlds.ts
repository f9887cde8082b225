import fc from 'fast-check';
import type { Holdings } from '../rules.js';
import type { World } from './reference.js';

export const someActions = ['customers.read', 'customers.write', 'grants.manage', 'invoices.approve'];
export const somePeople = ['ana', 'bogdan', 'corina'];

/** Trees of four levels at most, roles, members and what they were granted, as rows of tables. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    parents: fc.array(fc.nat(), { maxLength: 8 }),
    roles: fc.array(fc.subarray(someActions, { minLength: 1 }), { minLength: 1, maxLength: 3 }),
    grants: fc.array(
      fc.record({
        person: fc.constantFrom(...somePeople),
        node: fc.nat(),
        effect: fc.constantFrom('ALLOW' as const, 'ALLOW' as const, 'DENY' as const),
        role: fc.option(fc.nat()),
        action: fc.constantFrom(...someActions),
      }),
      { maxLength: 14 },
    ),
    owners: fc.subarray(somePeople, { maxLength: 1 }),
    strangers: fc.subarray(somePeople, { maxLength: 1 }),
  })
  .map(({ parents, roles, grants, owners, strangers }) => {
    const nodes = treeOf(parents);
    const members = somePeople.filter((each) => !strangers.includes(each));
    return {
      nodes,
      roles: roles.map((held, index) => ({ id: `r${index}`, actions: held })),
      members: members.map((userId) => ({ userId, isOwner: owners.includes(userId) })),
      grants: grants
        .filter(({ person }) => members.includes(person) && !owners.includes(person))
        .map(({ person, node, effect, role, action }, index) => ({
          id: `g${index}`,
          userId: person,
          nodeId: nodes[node % nodes.length]!.id,
          effect,
          ...(role === null ? { action, roleId: null } : { action: null, roleId: `r${role % roles.length}` }),
        })),
    };
  });

function treeOf(parents: readonly number[]): World['nodes'] {
  const nodes: World['nodes'] = [{ id: 'n0', parentId: null }];
  const depths = [0];
  for (const pick of parents) {
    const shallow = nodes.filter((_node, index) => depths[index]! < 3);
    const parent = nodes.indexOf(shallow[pick % shallow.length]!);
    depths.push(depths[parent]! + 1);
    nodes.push({ id: `n${nodes.length}`, parentId: nodes[parent]!.id });
  }
  return nodes;
}

export function pathIn(world: Pick<World, 'nodes'>, id: string): string[] {
  const { parentId } = world.nodes.find((node) => node.id === id)!;
  return parentId === null ? [id] : [...pathIn(world, parentId), id];
}

/** The same as the product reads it. */
export function holdingsIn(world: World, userId: string): Holdings | null {
  const member = world.members.find((each) => each.userId === userId);
  if (!member) return null;
  const held = world.grants.filter((grant) => grant.userId === userId);
  return {
    memberId: `m-${userId}`,
    userId,
    isOwner: member.isOwner,
    grants: held.map(({ id, nodeId, effect, roleId, action }) => ({
      ...{ id, nodeId, effect, roleId, path: pathIn(world, nodeId) },
      actions: world.roles.find((role) => role.id === roleId)?.actions ?? [action!],
    })),
  };
}
