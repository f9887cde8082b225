import { parseInput, type Clock } from '@diaspora/kit';
import { hash } from 'bcrypt';
import type { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { emailKeyOf, registration, unprovedLifetimeMs } from './rules.js';
import { createVerification, type VerificationDependencies } from './verification.js';

export type Accounts = ReturnType<typeof createAccounts>;

interface Dependencies extends VerificationDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly bcryptCost: number;
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

/** Accounts: registration and, by `verification.ts`, proof of the address. No answer tells whether an address is known. */
export function createAccounts(dependencies: Dependencies) {
  const { db, clock, bcryptCost } = dependencies;
  const { mailOwner, ...verification } = createVerification(dependencies);

  async function register(input: RegisterInput): Promise<void> {
    const valid = parseInput(registration, input);
    const emailKey = emailKeyOf(valid.email);
    const passwordHash = await hash(valid.password, bcryptCost);
    await db.$transaction(async (tx) => {
      const id = await claim(tx, { email: valid.email, emailKey, passwordHash });
      if (id) await describePerson(tx, id, valid);
      await mailOwner(tx, emailKey);
    });
  }

  /**
   * The account of an address nobody has proved: a new one, or the one that an earlier registration left. Its password
   * and its code go, for whoever registered first may be a stranger to the address. Undefined when the address is proved.
   */
  async function claim(
    tx: Transaction,
    { email, emailKey, passwordHash }: { email: string; emailKey: string; passwordHash: string },
  ): Promise<string | undefined> {
    const [account] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO accounts AS a (id, email, email_key, password_hash, created_at)
      VALUES (${userIds.create()}::uuid, ${email}, ${emailKey}, ${passwordHash}, ${clock.now()})
      ON CONFLICT (email_key) DO UPDATE SET
        email = excluded.email, password_hash = excluded.password_hash, created_at = excluded.created_at
      WHERE a.email_verified_at IS NULL
      RETURNING id`;
    if (account) await tx.emailVerification.deleteMany({ where: { accountId: account.id } });
    return account?.id;
  }

  async function describePerson(tx: Transaction, accountId: string, person: z.output<typeof registration>) {
    const { displayName, countryOfOrigin, countryOfResidence, languages } = person;
    const profile = {
      displayName,
      countryOfOrigin,
      countryOfResidence,
      languages,
      city: person.city ?? null,
      updatedAt: clock.now(),
    };
    await tx.profile.upsert({
      where: { accountId },
      create: { accountId, ...profile },
      update: profile,
    });
  }

  /** Addresses that nobody proved in time do not stay on record. */
  async function forgetUnproved(): Promise<void> {
    const before = new Date(clock.now().getTime() - unprovedLifetimeMs);
    await db.account.deleteMany({ where: { emailVerifiedAt: null, createdAt: { lt: before } } });
  }

  return { register, forgetUnproved, ...verification };
}
