import type { Page } from '@diaspora/kit';

interface Row {
  readonly id: string;
  readonly createdAt: Date;
}

const newestFirst = (one: Row, other: Row): number =>
  other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? 1 : -1);

/**
 * A page of what is in any of these states, newest first; in all of them when there are none. Those of each state are
 * read by an index that has them in order: what is looked for is rare among millions.
 */
export async function pageOfStates<State, Found extends Row>(
  states: readonly State[] | null | undefined,
  page: Page,
  read: (state: { readonly status?: State }) => PromiseLike<Found[]>,
): Promise<Found[]> {
  const wanted = states ? [...new Set(states)].map((status) => ({ status })) : [{}];
  const found = await Promise.all(wanted.map(read));
  if (found.length === 1) return found[0]!;
  const merged = found.flat().sort(newestFirst);
  return (page.forward ? merged : merged.reverse()).slice(0, page.take);
}
