import type { PersonalDataDecisions } from '@diaspora/kit';
import type { Prisma } from '../database.js';

/** What of this subgraph is a person's, and what becomes of it. Everything here is a copy. */
export const personalDataDecisions: PersonalDataDecisions<Prisma.ModelName> = {
  tables: {
    Document: { exported: 'documents', erasure: 'ERASED' },
    Block: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
    Friendship: { exported: { not: 'users give the original' }, erasure: 'ERASED' },
  },
  fields: {},
};
