import { createHash } from 'node:crypto';
import { addJob, type Mailer, type Origin } from '@diaspora/kit';
import type { Attempts, Budgets } from '../budgets/index.js';
import type { Codes } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import { mailCode } from '../jobs.js';
import { writeLetter } from './letters/index.js';
import { codeMails, emailKeyOf, type MailedCodePurpose } from './rules.js';

export type MailedCodes = ReturnType<typeof createMailedCodes>;

interface Dependencies {
  readonly db: Db;
  readonly mailer: Mailer;
  readonly budgets: Budgets;
  readonly attempts: Attempts;
  readonly codes: Codes;
}

/** Codes for whoever asks with a proved address: to set a new password, to sign in without one, or where the second factor was reset. */
export function createMailedCodes({ db, mailer, budgets, attempts, codes }: Dependencies) {
  const add = (tx: Transaction, purpose: MailedCodePurpose, emailKey: string): Promise<string> => {
    const jobKey = `mail-code:${purpose}:${createHash('sha256').update(emailKey).digest('hex')}`;
    return addJob(tx, mailCode, { emailKey, purpose }, { jobKey });
  };

  return {
    /** In the transaction of what makes it needed. */
    add,

    /** The same work and the same answer for every address: whether it is known is found out by the job. */
    request: async (purpose: MailedCodePurpose, input: { email: string }, origin: Origin): Promise<void> => {
      const emailKey = emailKeyOf(input.email);
      await attempts.request(origin);
      await db.$transaction((tx) => add(tx, purpose, emailKey));
    },

    /** The job. */
    send: async ({ emailKey, purpose }: { emailKey: string; purpose: MailedCodePurpose }): Promise<void> => {
      const account = await db.account.findUnique({ where: { emailKey }, include: { profile: true } });
      const { letter, budget } = codeMails[purpose];
      if (!account?.emailVerifiedAt || !(await budgets.take(budget, emailKey))) return;
      try {
        const code = await codes.issue(purpose, account);
        const written = writeLetter(letter, { code }, account.profile?.languages ?? []);
        await mailer.send({ to: account.email, ...written });
      } catch (error) {
        // A mail that did not leave costs nothing: the job will try again.
        await budgets.giveBack(budget, emailKey);
        throw error;
      }
    },
  };
}
