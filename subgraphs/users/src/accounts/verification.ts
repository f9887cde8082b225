import { createHash } from 'node:crypto';
import {
  addJob,
  AppError,
  type Audit,
  type Clock,
  type Mailer,
  type Origin,
  type Outbox,
} from '@diaspora/kit';
import { compare } from 'bcrypt';
import type { Account } from '../__generated__/prisma/client.js';
import type { Attempts, Budgets } from '../budgets/index.js';
import type { Code, Codes } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { userIds } from '../ids.js';
import { mailAboutAccount } from '../jobs.js';
import type { UsersMessages } from '../messages.js';
import { profileChanged } from '../profiles/index.js';
import { createOperatorNames } from '../super-users/index.js';
import { writeLetter } from './letters/index.js';
import { passwordKeyOf } from './passwords.js';
import { emailKeyOf, mailboxMails } from './rules.js';

export interface VerificationDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly mailer: Mailer;
  readonly budgets: Budgets;
  readonly attempts: Attempts;
  /** Compared against when the address is unknown, so that both cases take the same time. */
  readonly decoyHash: string;
  readonly codes: Codes;
  /** Whoever is the first to prove one of these addresses becomes a super user. */
  readonly superUserEmails: readonly string[];
  /** What was there before anybody proved to own the address goes: others may have made it. */
  readonly dropUnproved: (tx: Transaction, accountId: string) => Promise<void>;
}

const wrongCode = () =>
  new AppError('INVALID_INPUT', 'Code or password is wrong, or the code is spent. Ask for a new one.', {
    path: ['code'],
  });

/** Mailed codes, and the proof of an address by one. */
export function createVerification(dependencies: VerificationDependencies) {
  const { db, clock, outbox, mailer, budgets, attempts, codes, decoyHash } = dependencies;
  const names = createOperatorNames(dependencies, new Set(dependencies.superUserEmails.map(emailKeyOf)));

  /** One job for every case, so that known and unknown addresses cost the same. */
  const mailOwner = (tx: Transaction, emailKey: string) => {
    const jobKey = `mail-account:${createHash('sha256').update(emailKey).digest('hex')}`;
    return addJob(tx, mailAboutAccount, { emailKey }, { jobKey });
  };

  async function resendVerification(input: { email: string }, origin: Origin): Promise<void> {
    const emailKey = emailKeyOf(input.email);
    await attempts.request(origin);
    await db.$transaction((tx) => mailOwner(tx, emailKey));
  }

  /** The job: a code for an unproved address, a notice for a proved one, nothing for an unknown, an overfed or one that is erased. */
  async function sendAccountMail({ emailKey }: { emailKey: string }): Promise<void> {
    const account = await db.account.findUnique({ where: { emailKey }, include: { profile: true } });
    if (!account || account.erasedAt || !(await budgets.take(mailboxMails, emailKey))) return;
    const languages = account.profile?.languages ?? [];
    try {
      const letter = account.emailVerifiedAt
        ? writeLetter('alreadyRegistered', {}, languages)
        : writeLetter('verifyEmail', { code: await codes.issue('verify-email', account) }, languages);
      await mailer.send({ to: account.email, ...letter });
    } catch (error) {
      // A mail that did not leave costs nothing: the job will try again.
      await budgets.giveBack(mailboxMails, emailKey);
      throw error;
    }
  }

  /** The code proves the mailbox; the password, that whoever reads it is who registered. */
  async function verifyEmail(
    input: { email: string; code: string; password: string },
    origin: Origin,
  ): Promise<void> {
    const emailKey = emailKeyOf(input.email);
    await attempts.begin(emailKey, origin);
    const account = await db.account.findUnique({ where: { emailKey } });
    const { code: presented } = input;
    const code = await codes.guess({
      purpose: 'verify-email',
      accountId: account?.id,
      emailKey,
      code: presented,
    });
    const isOwner = await compare(passwordKeyOf(input.password), account?.passwordHash ?? decoyHash);
    if (!code || !account || !isOwner) throw wrongCode();
    await db.$transaction(async (tx) => {
      await prove(tx, account, code);
      await admit(tx, account);
    });
    await attempts.succeed(emailKey);
  }

  /** `admit` follows, in the same transaction. */
  async function prove(tx: Transaction, known: Account, code: Code): Promise<void> {
    const { id, passwordHash, emailKey } = known;
    await names.lock(tx, emailKey);
    const now = clock.now();
    // Of rows, first the account, as a registration locks them. Its password is the proved one, whoever registers meanwhile.
    const { count } = await tx.account.updateMany({
      where: { id, passwordHash, erasedAt: null },
      data: { emailVerifiedAt: now },
    });
    if (count === 0) throw wrongCode();
    await codes.spend(tx, code);
  }

  /** An address was proved, in this transaction: its owner is somebody from now on. */
  async function admit(tx: Transaction, { id, emailKey }: Account): Promise<Account> {
    await dependencies.dropUnproved(tx, id);
    const userId = userIds.encode(id);
    const registered = { userId, registeredAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'user.registered', key: userId, data: registered });
    const profile = await tx.profile.findUniqueOrThrow({ where: { accountId: id } });
    await outbox.publish(tx, profileChanged(profile));
    await names.name(tx, { id, emailKey });
    return tx.account.findUniqueOrThrow({ where: { id } });
  }

  return { mailOwner, lockNames: names.lock, admit, prove, resendVerification, sendAccountMail, verifyEmail };
}
