import { parseInput, type Clock, type Origin } from '@diaspora/kit';
import { hash } from 'bcrypt';
import type { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { assertMayRegister, type Platform } from '../platform-settings/index.js';
import { createPasswordless } from './passwordless.js';
import { createProvePassword } from './proving.js';
import { emailKeyOf, registration, unprovedLifetimeMs, type person } from './rules.js';
import { createVerification, type VerificationDependencies } from './verification.js';

export type Accounts = ReturnType<typeof createAccounts>;

interface Dependencies extends VerificationDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly bcryptCost: number;
  readonly settings: Platform['settings'];
}

export interface RegisterInput {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly countryOfOrigin: string;
  readonly countryOfResidence: string;
  readonly city?: string | null | undefined;
  readonly languages: readonly string[];
  readonly isOfMinimumAge?: boolean | null | undefined;
}

/** Accounts: registration and, by `verification.ts`, proof of the address. No answer tells whether an address is known. */
export function createAccounts(dependencies: Dependencies) {
  const { db, clock, attempts, codes, bcryptCost, settings } = dependencies;
  const { mailOwner, lockNames, admit, prove, ...verification } = createVerification(dependencies);

  async function register(input: RegisterInput, origin: Origin): Promise<void> {
    const valid = parseInput(registration, input);
    assertMayRegister(await settings(), valid);
    await attempts.request(origin);
    const emailKey = emailKeyOf(valid.email);
    const passwordHash = await hash(valid.password, bcryptCost);
    await db.$transaction(async (tx) => {
      const id = await claim(tx, { email: valid.email, emailKey, passwordHash });
      // Of nobody where the address is known: the same statements take the same time.
      await describePerson(tx, id ?? userIds.create(), valid);
      await mailOwner(tx, emailKey);
    });
  }

  /**
   * The account of an address nobody has proved: a new one, or the one that an earlier registration left. Its password
   * goes, for whoever registered first may be a stranger to the address. Undefined when the address is proved, or
   * was, and its account is being erased.
   */
  async function claim(
    tx: Transaction,
    { email, emailKey, passwordHash }: { email: string; emailKey: string; passwordHash: string | null },
  ): Promise<string | undefined> {
    const [account] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO accounts AS a (id, email, email_key, password_hash, created_at)
      VALUES (${userIds.create()}::uuid, ${email}, ${emailKey}, ${passwordHash}, ${clock.now()})
      ON CONFLICT (email_key) DO UPDATE SET
        email = excluded.email, password_hash = excluded.password_hash, created_at = excluded.created_at
      WHERE a.email_verified_at IS NULL AND a.erased_at IS NULL
      RETURNING id`;
    return account?.id;
  }

  /** In place of what an earlier registration said; its code goes too. */
  async function describePerson(tx: Transaction, accountId: string, described: z.output<typeof person>) {
    const { displayName, countryOfOrigin, countryOfResidence, languages, city = null } = described;
    await codes.drop(tx, accountId);
    await tx.$executeRaw`
      INSERT INTO profiles (account_id, display_name, country_of_origin, country_of_residence, city, languages,
                            domains, updated_at)
      SELECT id, ${displayName}, ${countryOfOrigin}, ${countryOfResidence}, ${city}, ${languages}::text[],
             '{}', ${clock.now()}
      FROM accounts WHERE id = ${accountId}::uuid
      ON CONFLICT (account_id) DO UPDATE SET
        display_name = excluded.display_name, country_of_origin = excluded.country_of_origin,
        country_of_residence = excluded.country_of_residence, city = excluded.city,
        languages = excluded.languages, updated_at = excluded.updated_at`;
  }

  /** Addresses that nobody proved in time do not stay on record. */
  async function forgetUnproved(): Promise<void> {
    const before = new Date(clock.now().getTime() - unprovedLifetimeMs);
    await db.account.deleteMany({
      where: { emailVerifiedAt: null, erasedAt: null, createdAt: { lt: before } },
    });
  }

  return {
    register,
    ...createPasswordless({ ...dependencies, claim, describePerson, mailOwner, lockNames, prove, admit }),
    forgetUnproved,
    provePassword: createProvePassword(dependencies),
    ...verification,
  };
}
