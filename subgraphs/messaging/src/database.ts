import type { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from './__generated__/prisma/client.js';

export { PrismaClient, Prisma } from './__generated__/prisma/client.js';

/** The client, or the client of a transaction in which a use case runs. */
export type Transaction = Prisma.TransactionClient;
export type Db = PrismaClient;

/** Senders of a busy conversation queue for its row: they wait longer than Prisma's two and five seconds, in ms. */
const patience = { maxWait: 10_000, timeout: 15_000 };

export const connectDatabase = (adapter: PrismaPg): Db =>
  new PrismaClient({ adapter, transactionOptions: patience });
