import { PrismaClient, type Prisma } from './__generated__/prisma/client.js';

export { Prisma, PrismaClient } from './__generated__/prisma/client.js';

/** The client, or the client of a transaction in which a use case runs. */
export type Transaction = Prisma.TransactionClient;
export type Db = PrismaClient;

/** Transactions may queue: many people register for one event in the second its registration opens. */
export const connectDatabase = (adapter: Prisma.PrismaClientOptions['adapter'] & object): Db =>
  new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 15_000 } });
