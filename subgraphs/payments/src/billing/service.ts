import { AppError, parseInput } from '@diaspora/kit';
import type { BillingDetails } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { billingChanges, languageFor, type InvoiceLanguage } from './rules.js';

export type Billing = ReturnType<typeof createBilling>;

/** Whom an invoice is made out to, where the tax is due, and in which language it is written. */
export interface Recipient {
  readonly name: string | null;
  readonly address: string | null;
  readonly taxId: string | null;
  /** False for the name of a profile. */
  readonly isGiven: boolean;
  readonly countryCode: string | null;
  readonly language: InvoiceLanguage;
}

/** What people want on their invoices. Who gives nothing gets them in the name of the profile. */
export function createBilling({ db }: { readonly db: Db }) {
  /** A new version, if nobody made one since the expected one; 0 is what nobody has written yet. */
  async function update(
    userId: string,
    input: { readonly expectedVersion: number },
  ): Promise<BillingDetails> {
    const { expectedVersion, ...given } = input;
    const changes = parseInput(billingChanges, given) as Partial<BillingDetails>;
    return db.$transaction(async (tx) => {
      await tx.billingDetails.createMany({ data: [{ userId, version: 0 }], skipDuplicates: true });
      const { count } = await tx.billingDetails.updateMany({
        where: { userId, version: expectedVersion },
        data: { ...changes, version: { increment: 1 } },
      });
      const billingDetails = await tx.billingDetails.findUniqueOrThrow({ where: { userId } });
      if (count === 1) return billingDetails;
      throw new AppError('CONFLICT', 'Your billing details have changed meanwhile.', {
        path: ['expectedVersion'],
        payload: { billingDetails },
      });
    });
  }

  async function recipientOf(tx: Transaction, userId: string): Promise<Recipient> {
    const details = await tx.billingDetails.findUnique({ where: { userId } });
    const customer = await tx.customer.findUnique({ where: { userId } });
    const isGiven = Boolean(details?.name);
    return {
      name: (isGiven ? details?.name : customer?.displayName) ?? null,
      address: details?.address ?? null,
      taxId: details?.taxId ?? null,
      isGiven: isGiven || Boolean(details?.address ?? details?.taxId),
      countryCode: details?.countryCode ?? customer?.countryCode ?? null,
      language: languageFor([details?.language ?? null, ...(customer?.languages ?? [])]),
    };
  }

  /** Where a person's invoices are mailed to; null when they did not say: then it is the account. */
  const mailboxOf = async (userId: string): Promise<string | null> =>
    (await db.billingDetails.findUnique({ where: { userId } }))?.email ?? null;

  return { update, recipientOf, mailboxOf };
}

export const nothingGiven = (userId: string): BillingDetails => ({
  ...{ userId, version: 0, name: null, address: null },
  ...{ countryCode: null, taxId: null, email: null, language: null },
});
