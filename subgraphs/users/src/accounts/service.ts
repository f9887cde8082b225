import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { addJob, AppError, parseInput, type Clock, type Outbox } from '@diaspora/kit';
import { hash } from 'bcrypt';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { mailAboutAccount } from '../jobs.js';
import type { Mailer } from '../mailer.js';
import type { UsersMessages } from '../messages.js';
import { profileChanged } from '../profiles/index.js';
import { codeLifetimeMs, emailKeyOf, maxCodeAttempts, registration } from './rules.js';

export type Accounts = ReturnType<typeof createAccounts>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly mailer: Mailer;
  readonly bcryptCost: number;
  /** Whoever proves one of these addresses becomes a super user. */
  readonly superUserEmails: readonly string[];
}

export interface RegisterInput {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly countryOfOrigin: string;
  readonly countryOfResidence: string;
  readonly city?: string | null | undefined;
  readonly languages: readonly string[];
}

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');

const wrongCode = () =>
  new AppError('INVALID_INPUT', 'This code is not usable. Ask for a new one.', { path: ['code'] });

/** Accounts: registration and proof of the address. No answer tells whether an address is known. */
export function createAccounts({ db, clock, outbox, mailer, bcryptCost, superUserEmails }: Dependencies) {
  const superUserKeys = new Set(superUserEmails.map(emailKeyOf));

  async function register(input: RegisterInput): Promise<void> {
    const valid = parseInput(registration, input);
    const emailKey = emailKeyOf(valid.email);
    const passwordHash = await hash(valid.password, bcryptCost);
    const now = clock.now();
    await db.$transaction(async (tx) => {
      const id = userIds.create();
      const created = await tx.account.createMany({
        data: [{ id, email: valid.email, emailKey, passwordHash, createdAt: now }],
        skipDuplicates: true,
      });
      if (created.count === 0) {
        await mailOwner(tx, emailKey);
        return;
      }
      await tx.profile.create({
        data: {
          accountId: id,
          displayName: valid.displayName,
          countryOfOrigin: valid.countryOfOrigin,
          countryOfResidence: valid.countryOfResidence,
          city: valid.city ?? null,
          languages: valid.languages,
          updatedAt: now,
        },
      });
      await mailOwner(tx, emailKey);
    });
  }

  /** One job for every case, so that known and unknown addresses cost the same. */
  const mailOwner = (tx: Transaction, emailKey: string) =>
    addJob(tx, mailAboutAccount, { emailKey }, { jobKey: `mail-account:${sha256(emailKey)}` });

  async function resendVerification(input: { email: string }): Promise<void> {
    await db.$transaction((tx) => mailOwner(tx, emailKeyOf(input.email)));
  }

  /** The job: a code for an unproved address, a notice for a proved one, nothing for an unknown one. */
  async function sendAccountMail({ emailKey }: { emailKey: string }): Promise<void> {
    const account = await db.account.findUnique({ where: { emailKey } });
    if (!account) return;
    if (account.emailVerifiedAt) {
      await mailer.send({
        to: account.email,
        subject: 'You already have an account',
        text: 'Somebody, probably you, tried to register with this address. You already have an account: just sign in.',
      });
      return;
    }
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const fresh = {
      codeHash: sha256(`${account.id}:${code}`),
      expiresAt: new Date(clock.now().getTime() + codeLifetimeMs),
      attempts: 0,
    };
    await db.emailVerification.upsert({
      where: { accountId: account.id },
      create: { accountId: account.id, ...fresh },
      update: fresh,
    });
    await mailer.send({
      to: account.email,
      subject: `${code} is your code`,
      text: `Welcome! Your code is ${code}. It is good for 30 minutes.`,
    });
  }

  async function verifyEmail(input: { email: string; code: string }): Promise<void> {
    const account = await db.account.findUnique({ where: { emailKey: emailKeyOf(input.email) } });
    if (!account || !(await codeMatches(account.id, input.code))) throw wrongCode();
    const now = clock.now();
    await db.$transaction(async (tx) => {
      // Two correct codes in parallel: the delete has one winner.
      const { count } = await tx.emailVerification.deleteMany({ where: { accountId: account.id } });
      if (count === 0) throw wrongCode();
      await tx.account.update({
        where: { id: account.id },
        data: {
          emailVerifiedAt: now,
          isSuperUser: account.isSuperUser || superUserKeys.has(account.emailKey),
        },
      });
      const userId = userIds.encode(account.id);
      const data = { userId, registeredAt: now.toISOString() };
      await outbox.publish(tx, { type: 'user.registered', key: userId, data });
      const profile = await tx.profile.findUniqueOrThrow({ where: { accountId: account.id } });
      await outbox.publish(tx, profileChanged(profile));
    });
  }

  /** Counts the attempt before it looks, in one statement, so that parallel guesses cannot exceed the budget. */
  async function codeMatches(accountId: string, code: string): Promise<boolean> {
    const [attempt] = await db.emailVerification.updateManyAndReturn({
      where: { accountId, attempts: { lt: maxCodeAttempts }, expiresAt: { gt: clock.now() } },
      data: { attempts: { increment: 1 } },
    });
    if (!attempt) return false;
    return timingSafeEqual(Buffer.from(attempt.codeHash), Buffer.from(sha256(`${accountId}:${code}`)));
  }

  return { register, resendVerification, verifyEmail, sendAccountMail };
}
