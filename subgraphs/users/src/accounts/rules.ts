import { text } from '@diaspora/kit';
import { z } from 'zod';

export const codeLifetimeMs = 30 * 60_000;
export const maxCodeAttempts = 5;

// The most used passwords of eight characters or more that public breach statistics agree on.
const commonPasswords = new Set(
  `password password1 password12 password123 passw0rd p@ssw0rd 12345678 123456789 1234567890 0123456789 11111111 00000000
   87654321 88888888 qwertyui qwerty12 qwerty123 qwertyuiop 1q2w3e4r 1q2w3e4r5t 1qaz2wsx iloveyou sunshine princess
   football baseball superman trustno1 welcome1 abcd1234 abc12345 letmein1 whatever starwars computer michelle
   jennifer asdfghjk asdf1234 zaq12wsx changeme admin123 administrator`.split(/\s+/),
);

/** bcrypt reads 72 bytes; a longer password would silently lose its end. */
export const newPassword = z
  .string()
  .min(8, 'A password has at least 8 characters.')
  .refine((value) => Buffer.byteLength(value) <= 72, 'A password has at most 72 bytes.')
  .refine((value) => !value.includes('\u0000'), 'A password must not contain NUL.')
  .refine((value) => !commonPasswords.has(value.toLowerCase()), 'This password is too common.');

export const registration = z.object({
  email: z.email().max(254),
  password: newPassword,
  displayName: text({ max: 80 }),
  countryOfOrigin: z.string(),
  countryOfResidence: z.string(),
  city: text({ max: 80 }).nullish(),
  languages: z.array(z.string()).min(1).max(10),
});

/** One spelling for each mailbox: addresses are compared without regard to case. */
export const emailKeyOf = (email: string): string => email.normalize('NFKC').trim().toLowerCase();
