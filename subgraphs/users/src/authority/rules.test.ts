import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, may, mayThroughout, outranks, placeToGrantAt, reachOf, type Holdings } from './rules.js';
import { referenceAllows } from './testing/reference.js';
import { holdingsIn, pathIn, someActions, somePeople, worlds } from './testing/worlds.js';

describe('a decision', () => {
  it('is the one of a reference that knows nothing of paths, for any tree, roles and grants', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...somePeople), (world, person) => {
        const holdings = holdingsIn(world, person);
        for (const { id } of world.nodes)
          for (const action of someActions)
            expect(may(holdings, action, pathIn(world, id))).toBe(referenceAllows(world, person, action, id));
      }),
      { numRuns: 500 },
    );
  });

  it('throughout a place is allowed exactly when it is allowed there and everywhere below', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const holdings = holdingsIn(world, 'ana');
        const isBelow = (id: string, top: string) => pathIn(world, id).includes(top);
        for (const { id: top } of world.nodes) {
          const below = world.nodes.filter(({ id }) => isBelow(id, top));
          const everywhere = below.every(({ id }) => referenceAllows(world, 'ana', 'customers.read', id));
          expect(mayThroughout(holdings, 'customers.read', pathIn(world, top))).toBe(everywhere);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of departments is read from what is held', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const reach = reachOf(holdingsIn(world, 'ana'), 'customers.read', 'n0');
        for (const { id } of world.nodes.filter(({ parentId }) => parentId === 'n0')) {
          const isReached = 'except' in reach ? !reach.except.includes(id) : reach.only.includes(id);
          expect(isReached).toBe(referenceAllows(world, 'ana', 'customers.read', id));
        }
      }),
      { numRuns: 300 },
    );
  });

  const held = (...grants: [effect: 'ALLOW' | 'DENY', path: string[]][]): Holdings => ({
    memberId: 'm',
    userId: 'u',
    isOwner: false,
    grants: grants.map(([effect, path], index) => ({
      id: `g${index}`,
      nodeId: path.at(-1)!,
      path,
      effect,
      roleId: null,
      actions: ['grants.manage'],
    })),
  });

  it('names the grants on the way, root first, and where a denial has to be lifted', () => {
    const holdings = held(
      ['DENY', ['o', 'd', 's']],
      ['ALLOW', ['o']],
      ['DENY', ['o', 'd']],
      ['DENY', ['o', 'e']],
    );
    const path = ['o', 'd', 's'];
    const decision = decide(holdings, 'grants.manage', path);
    expect(decision.considered.map(({ id }) => id)).toEqual(['g1', 'g2', 'g0']);
    expect(placeToGrantAt(decision, path)).toEqual(['o', 'd']);
  });

  it('knows who answers for grants further up', () => {
    const director = held(['ALLOW', ['o']]);
    const head = held(['ALLOW', ['o', 'd']]);
    expect(outranks(director, head, ['o', 'd'])).toBe(true);
    expect(outranks(head, director, ['o', 'd'])).toBe(false);
    expect(outranks(director, director, ['o', 'd'])).toBe(false);
    expect(outranks(director, head, ['o'])).toBe(false);
  });
});
