import type { Prisma, PrismaClient } from './__generated__/prisma/client.js';

export { PrismaClient, Prisma } from './__generated__/prisma/client.js';

/** The client, or the client of a transaction in which a use case runs. */
export type Transaction = Prisma.TransactionClient;
export type Db = PrismaClient;
