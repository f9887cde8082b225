import { dictionary } from '@zxcvbn-ts/language-common';
import { z } from 'zod';

/** The most used passwords, most of them from breaches; some 18,000 are long enough to matter here (MIT licence). */
const commonPasswords: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** One spelling for each password, whichever way a keyboard composes its letters (NIST SP 800-63B, 3.1.1.2). */
export const passwordKeyOf = (password: string): string => password.normalize('NFKC');

/** Wherever one is set. bcrypt reads 72 bytes; a longer password would silently lose its end. */
export const newPassword = z
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
