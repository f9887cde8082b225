import { PrismaClient, type Prisma } from './__generated__/prisma/client.js';

export { PrismaClient, Prisma } from './__generated__/prisma/client.js';

/** The client, or the client of a transaction in which a use case runs. */
export type Transaction = Prisma.TransactionClient;
export type Db = PrismaClient;

/** Transactions may queue: many people like one post in the minute it is read by everybody. In milliseconds. */
const patience = { maxWait: 10_000, timeout: 15_000 };

export const connectDatabase = (adapter: Prisma.PrismaClientOptions['adapter'] & object): Db =>
  new PrismaClient({ adapter, transactionOptions: patience });
