import type { Transaction } from '../database.js';

/** The month of a moment, UTC, as partitions are called: `2026_11`. */
export const monthOf = (moment: Date): string => moment.toISOString().slice(0, 7).replace('-', '_');

/** Makes the partitions of a month where they are missing. The service may do so by a function of the owner only. */
export const prepareMonth = async (tx: Transaction, moment: Date): Promise<void> => {
  await tx.$executeRaw`SELECT audit_prepare_month(${moment})`;
};
