import { createHash, createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { addJob, AppError, type Clock, type Outbox } from '@diaspora/kit';
import { compare } from 'bcrypt';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { mailAboutAccount } from '../jobs.js';
import type { Mail, Mailer } from '../mailer.js';
import type { UsersMessages } from '../messages.js';
import { profileChanged } from '../profiles/index.js';
import {
  codeLifetimeMs,
  emailKeyOf,
  mailWindowMs,
  maxCodeAttempts,
  maxMails,
  passwordKeyOf,
} from './rules.js';

export interface VerificationDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly mailer: Mailer;
  /** Compared against when the address is unknown, so that both cases take the same time. */
  readonly decoyHash: string;
  /** Without it a code cannot be told from its hash. */
  readonly codeSecret: string;
  /** Whoever proves one of these addresses becomes a super user. */
  readonly superUserEmails: readonly string[];
}

interface Attempt {
  readonly account_id: string;
  readonly code_hash: string;
  readonly password_hash: string;
}

const wrongCode = () =>
  new AppError('INVALID_INPUT', 'Code or password is wrong, or the code is spent. Ask for a new one.', {
    path: ['code'],
  });

/** Mailed codes, and the proof of an address by one. */
export function createVerification(dependencies: VerificationDependencies) {
  const { db, clock, outbox, mailer, codeSecret, decoyHash } = dependencies;
  const superUserKeys = new Set(dependencies.superUserEmails.map(emailKeyOf));

  /** One job for every case, so that known and unknown addresses cost the same. */
  const mailOwner = (tx: Transaction, emailKey: string) => {
    const jobKey = `mail-account:${createHash('sha256').update(emailKey).digest('hex')}`;
    return addJob(tx, mailAboutAccount, { emailKey }, { jobKey });
  };

  async function resendVerification(input: { email: string }): Promise<void> {
    const emailKey = emailKeyOf(input.email);
    await db.$transaction((tx) => mailOwner(tx, emailKey));
  }

  /** The job: a code for an unproved address, a notice for a proved one, nothing for an unknown or overfed one. */
  async function sendAccountMail({ emailKey }: { emailKey: string }): Promise<void> {
    const account = await takeMail(emailKey);
    if (!account) return;
    try {
      await mailer.send(
        account.email_verified_at ? alreadyKnown(account.email) : await newCode(account.id, account.email),
      );
    } catch (error) {
      // A mail that did not leave costs nothing: the job will try again.
      await db.account.updateMany({ where: { emailKey }, data: { mailsSent: { decrement: 1 } } });
      throw error;
    }
  }

  /** Counts a mail before it leaves; nothing when the account has had its share. */
  async function takeMail(emailKey: string) {
    const now = clock.now();
    const windowStart = new Date(now.getTime() - mailWindowMs);
    const [account] = await db.$queryRaw<{ id: string; email: string; email_verified_at: Date | null }[]>`
      UPDATE accounts SET
        mails_sent = CASE WHEN mail_window_at > ${windowStart} THEN mails_sent + 1 ELSE 1 END,
        mail_window_at = CASE WHEN mail_window_at > ${windowStart} THEN mail_window_at ELSE ${now} END
      WHERE email_key = ${emailKey}
        AND (mail_window_at IS NULL OR mail_window_at <= ${windowStart} OR mails_sent < ${maxMails})
      RETURNING id, email, email_verified_at`;
    return account;
  }

  async function newCode(accountId: string, to: string): Promise<Mail> {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const fresh = {
      codeHash: hashCode(accountId, code),
      expiresAt: new Date(clock.now().getTime() + codeLifetimeMs),
      attempts: 0,
    };
    await db.emailVerification.upsert({
      where: { accountId },
      create: { accountId, ...fresh },
      update: fresh,
    });
    return {
      to,
      subject: `${code} is your code`,
      text: `Welcome! Your code is ${code}. It is good for 30 minutes.`,
    };
  }

  const hashCode = (accountId: string, code: string): string =>
    createHmac('sha256', codeSecret).update(`verify-email:${accountId}:${code}`).digest('hex');

  /** The code proves the mailbox; the password, that whoever reads it is who registered. */
  async function verifyEmail(input: { email: string; code: string; password: string }): Promise<void> {
    const attempt = await countAttempt(emailKeyOf(input.email));
    const isOwner = await compare(passwordKeyOf(input.password), attempt?.password_hash ?? decoyHash);
    const presented = Buffer.from(hashCode(attempt?.account_id ?? '', input.code));
    if (!attempt || !isOwner || !timingSafeEqual(Buffer.from(attempt.code_hash), presented))
      throw wrongCode();
    await db.$transaction((tx) => prove(tx, attempt));
  }

  /** Counts before it looks, in one statement for every case: parallel guesses cannot exceed the budget. */
  async function countAttempt(emailKey: string): Promise<Attempt | undefined> {
    const [attempt] = await db.$queryRaw<Attempt[]>`
      UPDATE email_verifications v SET attempts = v.attempts + 1
      FROM accounts a
      WHERE a.id = v.account_id AND a.email_key = ${emailKey}
        AND v.attempts < ${maxCodeAttempts} AND v.expires_at > ${clock.now()}
      RETURNING v.account_id, v.code_hash, a.password_hash`;
    return attempt;
  }

  async function prove(tx: Transaction, { account_id: id, code_hash: codeHash }: Attempt): Promise<void> {
    const now = clock.now();
    // First the account, as a registration locks them.
    const account = await tx.account.update({ where: { id }, data: { emailVerifiedAt: now } });
    // Two correct codes in parallel, or a registration meanwhile: the delete has one winner.
    const { count } = await tx.emailVerification.deleteMany({ where: { accountId: id, codeHash } });
    if (count === 0) throw wrongCode();
    if (superUserKeys.has(account.emailKey)) {
      await tx.account.update({ where: { id }, data: { isSuperUser: true } });
    }
    const userId = userIds.encode(id);
    const data = { userId, registeredAt: now.toISOString() };
    await outbox.publish(tx, { type: 'user.registered', key: userId, data });
    const profile = await tx.profile.findUniqueOrThrow({ where: { accountId: id } });
    await outbox.publish(tx, profileChanged(profile));
  }

  return { mailOwner, resendVerification, sendAccountMail, verifyEmail };
}

const alreadyKnown = (to: string): Mail => ({
  to,
  subject: 'You already have an account',
  text: 'Somebody, probably you, tried to register with this address. You already have an account: just sign in.',
});
