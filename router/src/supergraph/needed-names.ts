import { Kind, visit, type ArgumentNode, type DocumentNode, type ObjectFieldNode } from 'graphql';

const selecting = new Set(['key', 'requires', 'selection']);

/**
 * Names of the fields that planning may add to what a client selects: parts of keys, required fields, contexts.
 * Names of types and arguments in such selections are among them; they do no harm.
 */
export function neededNames(supergraph: DocumentNode): ReadonlySet<string> {
  const names = new Set(['__typename']);
  const add = ({ name, value }: ArgumentNode | ObjectFieldNode): void => {
    if (value.kind !== Kind.STRING || !selecting.has(name.value)) return;
    for (const [word] of value.value.matchAll(/[_A-Za-z]\w*/g)) names.add(word);
  };
  visit(supergraph, { Argument: add, ObjectField: add });
  return names;
}
