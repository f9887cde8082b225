/**
 * How every subgraph's Prisma client behaves. Transactions may queue for a busy row longer than Prisma's two and five
 * seconds (in ms); its errors do not quote the query, which holds data.
 */
export const clientOptions = {
  transactionOptions: { maxWait: 10_000, timeout: 15_000 },
  errorFormat: 'minimal',
} as const;
