import { createGroupLoader, createRowLoader, type Loader } from '@diaspora/kit';
import type { Office } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { Offices } from './service.js';

export interface OfficeLoaders {
  readonly office: Loader<string, Office | null>;
  /** Offices held now, by holder. */
  readonly officesHeldBy: Loader<string, Office[]>;
}

export const createOfficeLoaders = (db: Db, offices: Offices): OfficeLoaders => ({
  office: createRowLoader(
    (ids) => db.office.findMany({ where: { id: { in: [...ids] } } }),
    (office) => office.id,
  ),
  officesHeldBy: createGroupLoader(
    (ids) => db.office.findMany({ where: { AND: [{ holderId: { in: [...ids] } }, offices.heldNow()] } }),
    (office) => office.holderId,
  ),
});
