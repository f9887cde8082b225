/** Runs at most `limit` at once; the others wait for their turn, first come first served. */
export function createTurns(limit: number) {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
