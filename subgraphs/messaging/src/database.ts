import { clientOptions, createFirstIds, createFirstRows } from '@diaspora/kit';
import type { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from './__generated__/prisma/client.js';

export { Prisma, PrismaClient } from './__generated__/prisma/client.js';

/** The client, or the client of a transaction in which a use case runs. */
export type Transaction = Prisma.TransactionClient;
export type Db = PrismaClient;

export const connectDatabase = (adapter: PrismaPg): Db => new PrismaClient({ adapter, ...clientOptions });

export const firstIds = createFirstIds(Prisma);
export const firstRows = createFirstRows(Prisma);
