import { parseInput } from '@diaspora/kit';
import { z } from 'zod';
import { city, displayName, languages } from '../profiles/index.js';

export const codeLifetimeMs = 30 * 60_000;
export const maxCodeAttempts = 5;

/** Mails to one account: together with the attempts of each code they bound how often a code can be guessed. */
export const maxMails = 5;
export const mailWindowMs = 24 * 3_600_000;

/** How long an account waits for its proof before it is forgotten. */
export const unprovedLifetimeMs = 7 * 24 * 3_600_000;

// The most used passwords of eight characters or more that public breach statistics agree on.
const commonPasswords = new Set(
  `password password1 password12 password123 passw0rd p@ssw0rd 12345678 123456789 1234567890 0123456789 11111111 00000000
   87654321 88888888 qwertyui qwerty12 qwerty123 qwertyuiop 1q2w3e4r 1q2w3e4r5t 1qaz2wsx iloveyou sunshine princess
   football baseball superman trustno1 welcome1 abcd1234 abc12345 letmein1 whatever starwars computer michelle
   jennifer asdfghjk asdf1234 zaq12wsx changeme admin123 administrator`.split(/\s+/),
);

/** One spelling for each password, whichever way a keyboard composes its letters (NIST SP 800-63B, 3.1.1.2). */
export const passwordKeyOf = (password: string): string => password.normalize('NFKC');

/** bcrypt reads 72 bytes; a longer password would silently lose its end. */
const newPassword = z
  .string()
  .transform(passwordKeyOf)
  .pipe(
    z
      .string()
      .min(8, 'A password has at least 8 characters.')
      .refine((value) => Buffer.byteLength(value) <= 72, 'A password has at most 72 bytes.')
      .refine((value) => !value.includes('\u0000'), 'A password must not contain NUL.')
      .refine((value) => !commonPasswords.has(value.toLowerCase()), 'This password is too common.'),
  );

const email = z.email('This is not an e-mail address.').max(254);

export const registration = z.object({
  email,
  password: newPassword,
  displayName,
  countryOfOrigin: z.string(),
  countryOfResidence: z.string(),
  city: city.nullish(),
  languages,
});

/** One spelling for each mailbox: addresses are compared without regard to case. Throws INVALID_INPUT for none. */
export const emailKeyOf = (address: string): string =>
  parseInput(z.object({ email }), { email: address }).email.toLowerCase();
