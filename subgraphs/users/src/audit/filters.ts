/**
 * What the trail keeps of a filter: which conditions it has, and the values of those named, which are ids and states.
 * What the others say of people would outlive their erasure.
 */
export function recordedFilter<Filter extends object>(
  filter: Filter,
  named: readonly (keyof Filter & string)[],
): { conditions: string[]; values: Record<string, unknown> } {
  const given = Object.entries(filter).filter(([, value]) => value !== null && value !== undefined);
  return {
    conditions: given.map(([name]) => name).sort(),
    values: Object.fromEntries(given.filter(([name]) => (named as readonly string[]).includes(name))),
  };
}
