/** A page of a Relay connection: https://relay.dev/graphql/connections.htm */
export interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: {
    readonly startCursor?: string | null;
    readonly endCursor?: string | null;
    readonly hasNextPage?: boolean;
    readonly hasPreviousPage?: boolean;
  };
}

/** Variables that turn pages. `last` walks backwards. */
export interface PageVariables {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/**
 * All items of a list, page by page, each page fetched when it is needed. With `last` from the newest to the oldest.
 * Ends early when `fetchPage` finds no list. Throws what `fetchPage` throws.
 */
export async function* paginate<Item, Variables extends PageVariables>(
  fetchPage: (variables: Variables) => Promise<Page<Item> | null | undefined>,
  variables: Variables,
): AsyncGenerator<Item, void, undefined> {
  const isBackward = typeof variables.last === 'number';
  let cursor: string | null | undefined = isBackward ? variables.before : variables.after;
  for (;;) {
    const page = await fetchPage({ ...variables, ...(isBackward ? { before: cursor } : { after: cursor }) });
    if (!page) return;
    yield* isBackward ? [...page.nodes].reverse() : page.nodes;
    const next = nextCursor(page, isBackward);
    // A server that repeats a cursor must not be asked for ever.
    if (next === null || next === cursor) return;
    cursor = next;
  }
}

function nextCursor({ pageInfo }: Page<unknown>, isBackward: boolean): string | null {
  if (isBackward) return (pageInfo.hasPreviousPage && pageInfo.startCursor) || null;
  return (pageInfo.hasNextPage && pageInfo.endCursor) || null;
}
