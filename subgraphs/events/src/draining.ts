/**
 * Does what is due, batch after batch, until nothing is left. One that fails does not hold up the others: it is left for the
 * next run, and told of in the end. `find` answers a batch without those that have failed.
 */
export async function drain(
  find: (failed: readonly string[]) => Promise<readonly string[]>,
  run: (id: string) => Promise<unknown>,
): Promise<void> {
  const done = new Set<string>();
  const failures = new Map<string, unknown>();
  for (;;) {
    const due = (await find([...failures.keys()])).filter((id) => !done.has(id));
    if (due.length === 0 || failures.size >= mostFailures) break;
    for (const id of due) {
      done.add(id);
      await run(id).catch((error: unknown) => failures.set(id, error));
    }
  }
  if (failures.size > 0)
    throw new AggregateError(failures.values(), `${failures.size} of ${done.size} were not done`);
}

/** So many at once are one fault of something else. */
const mostFailures = 200;
