/** Where costs stop growing. */
export const mostCost = Number.MAX_SAFE_INTEGER;

/** One estimate under way. */
export interface Run {
  /** Of no two runs alike. */
  readonly id: number;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The largest list that a slicing argument asked for so far. */
  largestList: number;
  /** The first field that wants exactly one slicing argument and did not get it. */
  unsliced: string | undefined;
}

/** A number known when an operation is compiled, or one that depends on its variables. Never above `mostCost`. */
export type Sum = number | ((run: Run) => number);

const capped = (value: number): number => (value < mostCost ? value : mostCost);

export const valueOf = (sum: Sum, run: Run): number => (typeof sum === 'number' ? sum : sum(run));

/** Constants are added up at once. */
export function add(...parts: readonly Sum[]): Sum {
  let known = 0;
  const open: ((run: Run) => number)[] = [];
  for (const part of parts) {
    if (typeof part === 'number') known += part;
    else open.push(part);
  }
  if (open.length === 0) return capped(known);
  if (open.length === 1 && known === 0) return open[0]!;
  return (run) => {
    let total = known;
    for (const part of open) total += part(run);
    return capped(total);
  };
}

export function multiply(one: Sum, other: Sum): Sum {
  if (one === 0 || other === 0) return 0;
  if (typeof one === 'number' && typeof other === 'number') return capped(one * other);
  if (one === 1) return other;
  return (run) => {
    const count = valueOf(one, run);
    return capped(count === 0 ? 0 : count * valueOf(other, run));
  };
}

export function largest(parts: readonly Sum[]): Sum {
  const known = Math.max(0, ...parts.filter((part) => typeof part === 'number'));
  const open = [...new Set(parts.filter((part) => typeof part === 'function'))];
  if (open.length === 0) return known;
  if (open.length === 1 && known === 0) return open[0]!;
  return (run) => {
    let top = known;
    for (const part of open) top = Math.max(top, part(run));
    return top;
  };
}

/** What stands in several places is computed once a run: fragments that spread each other cost no more than their text. */
export function once(sum: Sum): Sum {
  if (typeof sum === 'number') return sum;
  let ranAs = -1;
  let value = 0;
  return (run) => {
    if (ranAs !== run.id) {
      value = sum(run);
      ranAs = run.id;
    }
    return value;
  };
}
