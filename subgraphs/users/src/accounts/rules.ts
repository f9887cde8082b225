import { dayMs, parseInput } from '@diaspora/kit';
import { z } from 'zod';
import { window } from '../budgets/index.js';
import { city, displayName, languages } from '../profiles/index.js';
import { newPassword } from './passwords.js';

/** Mails to one mailbox: together with the guesses of each code they bound how often codes can be guessed. */
export const mailboxMails = window('mailbox.mails', 5, dayMs);

/** Codes for proved addresses, counted apart: nobody loses one way in because somebody else asked for the other. */
export const codeMails = {
  'reset-password': { letter: 'resetPassword', budget: window('mailbox.resets', 5, dayMs) },
  'sign-in': { letter: 'signInCode', budget: window('mailbox.signIns', 10, dayMs) },
  'second-factor': { letter: 'signInCode', budget: window('mailbox.secondFactors', 10, dayMs) },
} as const;

export type MailedCodePurpose = keyof typeof codeMails;

/** How long an account waits for its proof before it is forgotten. */
export const unprovedLifetimeMs = 7 * dayMs;

export const email = z.email('This is not an e-mail address.').max(254);

/** Somebody who registers, however they will sign in. */
export const person = z.object({
  email,
  displayName,
  countryOfOrigin: z.string(),
  countryOfResidence: z.string(),
  city: city.nullish(),
  languages,
  isOfMinimumAge: z.boolean().nullish(),
});

export const registration = person.extend({ password: newPassword });

/** One spelling for each mailbox: addresses are compared without regard to case. Throws INVALID_INPUT for none. */
export const emailKeyOf = (address: string): string =>
  parseInput(z.object({ email }), { email: address }).email.toLowerCase();
