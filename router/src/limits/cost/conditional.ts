import { Kind, type SelectionNode } from 'graphql';
import { valueOf, type Run, type Sum } from './sum.js';

/** What a selection costs where its @skip and @include let it: nothing, or what `compile` makes of it. */
export function conditional({ directives = [] }: SelectionNode, compile: () => Sum): Sum {
  const conditions: ((run: Run) => boolean)[] = [];
  for (const { name, arguments: given } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    const value = given?.[0]?.value;
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return 0;
    if (value?.kind !== Kind.VARIABLE) continue;
    const variable = value.name.value;
    conditions.push(({ variables }) => (variables[variable] === true) === wanted);
  }
  const cost = compile();
  if (conditions.length === 0 || cost === 0) return cost;
  return (run) => (conditions.every((holds) => holds(run)) ? valueOf(cost, run) : 0);
}
