/** The part of a Prisma transaction client that kit needs: raw SQL by tagged template, inside the caller's transaction. */
export interface SqlTransaction {
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
  $queryRaw<T = unknown>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
}

/** Runs `run` in a transaction of the subgraph, such as `(run) => prisma.$transaction(run)`. */
export type TransactionRunner<Tx = SqlTransaction> = <T>(run: (tx: Tx) => Promise<T>) => Promise<T>;
