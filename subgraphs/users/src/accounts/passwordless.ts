import { AppError, parseInput, type Clock, type Origin } from '@diaspora/kit';
import type { z } from 'zod';
import type { Account } from '../__generated__/prisma/client.js';
import type { Attempts } from '../budgets/index.js';
import { wrongCode, type Code, type Codes } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { assertMayRegister, type Platform } from '../platform-settings/index.js';
import { emailKeyOf, person } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly attempts: Attempts;
  readonly codes: Codes;
  readonly settings: Platform['settings'];
  readonly claim: (
    tx: Transaction,
    account: { email: string; emailKey: string; passwordHash: null },
  ) => Promise<string | undefined>;
  readonly describePerson: (tx: Transaction, id: string, described: z.output<typeof person>) => Promise<void>;
  readonly mailOwner: (tx: Transaction, emailKey: string) => Promise<unknown>;
  /** The first thing in a transaction that proves the address otherwise than by `prove`. */
  readonly lockNames: (tx: Transaction, emailKey: string) => Promise<void>;
  readonly prove: (tx: Transaction, known: Account, code: Code) => Promise<void>;
  readonly admit: (tx: Transaction, account: Account) => Promise<Account>;
}

export type Newcomer = z.input<typeof person>;

/** Accounts of people whom another site knows: without a password. Whose the address is, the site says or a code does. */
export function createPasswordless(dependencies: Dependencies) {
  const { db, clock, attempts, codes, settings, claim, describePerson, mailOwner, lockNames, prove, admit } =
    dependencies;

  /**
   * For an address that others vouch for. A registration that nobody proved makes way; throws CONFLICT when somebody has
   * proved the address.
   */
  async function registerProved(tx: Transaction, input: Newcomer): Promise<Account> {
    const valid = parseInput(person, input);
    const emailKey = emailKeyOf(valid.email);
    await lockNames(tx, emailKey);
    assertMayRegister(await settings(tx), valid);
    const id = await claim(tx, { email: valid.email, emailKey, passwordHash: null });
    if (!id) throw new AppError('CONFLICT', 'This address has an account by now. Sign in to it.');
    await describePerson(tx, id, valid);
    const account = await tx.account.update({ where: { id }, data: { emailVerifiedAt: clock.now() } });
    return admit(tx, account);
  }

  /** Mails a code to an address that nobody vouches for; a known one hears that it is known. */
  async function askForProof(input: Newcomer, origin: Origin): Promise<void> {
    const valid = parseInput(person, input);
    assertMayRegister(await settings(), valid);
    await attempts.request(origin);
    const emailKey = emailKeyOf(valid.email);
    await db.$transaction(async (tx) => {
      const id = await claim(tx, { email: valid.email, emailKey, passwordHash: null });
      // As `register` does: of nobody where the address is known, so that both take the same time.
      await describePerson(tx, id ?? userIds.create(), valid);
      await mailOwner(tx, emailKey);
    });
  }

  /**
   * The code proves the mailbox; that the same person registered, `finish` proves or throws. They are described anew, for
   * somebody else may have asked for the last code.
   */
  async function registerByCode(
    { code: presented, ...input }: Newcomer & { code: string },
    origin: Origin,
    finish: (tx: Transaction, account: Account) => Promise<unknown>,
  ): Promise<Account> {
    const valid = parseInput(person, input);
    const emailKey = emailKeyOf(valid.email);
    await attempts.begin(emailKey, origin);
    const known = await db.account.findUnique({ where: { emailKey } });
    const guess = { purpose: 'verify-email', accountId: known?.id, emailKey, code: presented } as const;
    const code = await codes.guess(guess);
    if (!code || !known || known.passwordHash !== null) throw wrongCode();
    const account = await db.$transaction(async (tx) => {
      await prove(tx, known, code);
      await describePerson(tx, known.id, valid);
      const admitted = await admit(tx, known);
      await finish(tx, admitted);
      return admitted;
    });
    await attempts.succeed(emailKey);
    return account;
  }

  return { registerProved, askForProof, registerByCode };
}
