import type { Prisma, PrismaClient } from './__generated__/prisma/client.js';

export { PrismaClient, Prisma } from './__generated__/prisma/client.js';

/** The client, or the client of a transaction in which a message is handled. */
export type Transaction = Prisma.TransactionClient;
export type Db = PrismaClient;
