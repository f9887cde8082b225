import { line, text } from '@diaspora/kit';
import { z } from 'zod';

/** Null clears, absent keeps. */
export const billingChanges = z
  .object({
    name: line({ max: 200 }).nullable(),
    address: text({ max: 500 }).nullable(),
    countryCode: z.string().length(2).nullable(),
    taxId: line({ max: 40 }).nullable(),
    email: z.string().max(254).nullable(),
    language: z.string().max(35).nullable(),
  })
  .partial();

/** Languages that invoices are written in. */
export const invoiceLanguages = ['en', 'fr', 'ro', 'ar', 'de'] as const;
export type InvoiceLanguage = (typeof invoiceLanguages)[number];

/** The first of the wished languages, most wished first, that there is: fr-CA is French; English when there is none. */
export function languageFor(wished: readonly (string | null)[]): InvoiceLanguage {
  const bases = wished.map((tag) => tag?.toLowerCase().split('-')[0]);
  const found = bases.find((base) => invoiceLanguages.some((language) => language === base));
  return (found ?? 'en') as InvoiceLanguage;
}
