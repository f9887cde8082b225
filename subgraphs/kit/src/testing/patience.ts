import { clientOptions } from '../database/index.js';

/** How long tests wait for connections, statements and transactions, in ms: that a machine is busy is no fault. */
export const patience = 60_000;

/** Options of a Prisma client that waits as long. */
export const patientOptions = {
  ...clientOptions,
  transactionOptions: { maxWait: patience, timeout: patience },
};
