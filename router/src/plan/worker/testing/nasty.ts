import { compose } from '../../../execution/testing/in-process.js';

const types = ['A', 'B', 'C', 'D'];
const fields = ['f0', 'f1', 'f2'];

/** SDL by name: four types that share their fields, no two subgraphs having the same. `ping` is of the first. */
export const nastySubgraphs = (): Record<string, string> =>
  Object.fromEntries(['one', 'two', 'three'].map((name, at) => [name, subgraph(name, at)]));

export const nastySdl = (): string =>
  compose(
    Object.fromEntries(Object.entries(nastySubgraphs()).map(([name, typeDefs]) => [name, { typeDefs }])),
  );

function subgraph(name: string, at: number): string {
  const own = fields.filter((_, index) => index % 3 !== at);
  const shared = own.map((field) => `${field}: Int @shareable`).join(' ');
  const type = (type: string) =>
    `type ${type} implements Node @key(fields: "id") { id: ID!  next: Node @shareable  ${shared} }`;
  return `type Query { ${name}: [Node]  ${at === 0 ? 'ping: Int' : ''} }
    interface Node { id: ID!  next: Node  ${own.map((field) => `${field}: Int`).join(' ')} }
    ${types.map(type).join('\n')}`;
}

/** Valid, short, and each level takes the planner four times as long: 6 levels take some ten seconds, more are over a limit. */
export function nastyOperation(levels: number): string {
  const fragment = (level: number) => {
    const on = (type: string) => `... on ${type} { ${fields.join(' ')} next { ...L${level - 1} } }`;
    return `fragment L${level} on Node { ${types.map(on).join(' ')} }`;
  };
  const all = Array.from({ length: levels }, (_, index) => fragment(index + 1));
  return `{ one { ...L${levels} } } fragment L0 on Node { id } ${all.join(' ')}`;
}
