import type { ComposedSupergraph, Faults } from '../nasty.js';
import { createRandom } from './random.js';

/**
 * Fields that fail or are null at some objects, the same for the same seed. Spared is what subgraphs need to find an
 * object, and what they declare differently: there, one schema over everything is not the truth.
 */
export function generateFieldFaults({ world }: ComposedSupergraph, seed: number): Faults {
  const spared = new Set([...world.views.values()].flatMap(({ mentioned }) => [...mentioned]));
  const isSpared = (type: string, field: string) =>
    spared.has(field) || new Set(world.coordinates.of(type, field).types.map(String)).size > 1;
  return {
    field: (type, n, field) => {
      const random = createRandom(seed ^ hash(`${type}.${field}#${n}`));
      if (!random.chance(0.1) || isSpared(type, field)) return undefined;
      return random.chance(0.6) ? new Error(`${field} failed`) : null;
    },
  };
}

/** Subgraphs that are down and entities that are nowhere: nobody but the executors knows what is left then. */
export function generateOutage({ world }: ComposedSupergraph, seed: number): Faults {
  const random = createRandom(seed);
  const down = [...world.views.keys()].filter(() => random.chance(0.2));
  return {
    down,
    entity: (subgraph, type, n) => {
      const one = createRandom(seed ^ hash(`${subgraph} ${type}#${n}`));
      if (!one.chance(0.15)) return undefined;
      return one.chance(0.5) ? new Error(`${subgraph} failed for a ${type}`) : null;
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
