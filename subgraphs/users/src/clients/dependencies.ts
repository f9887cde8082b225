import { AppError, type Audit, type Clock } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { standsAsSuperUser } from '../super-users/index.js';

export interface ClientDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** Programs are let in by super users only: what the database says they are, not their token. */
export async function assertSuperUser(tx: Transaction, accountId: string): Promise<void> {
  if (!(await standsAsSuperUser(tx, accountId))) throw new AppError('FORBIDDEN', 'This is for super users.');
}
