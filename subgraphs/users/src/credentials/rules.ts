import { dayMs } from '@diaspora/kit';
import { window } from '../budgets/index.js';

/** How long whoever reads the old mailbox can take a change of address back. */
export const undoDays = 7;
export const undoMs = undoDays * dayMs;

/** Changes of address begun by one account: each writes to somebody, perhaps a stranger. */
export const addressChanges = window('account.addresses', 5, dayMs);

/** Texts cost money, and ring at people who may not have asked for them. */
export const accountTexts = window('account.texts', 5, dayMs);
export const phoneTexts = window('phone.texts', 5, dayMs);
