import { z } from 'zod';
import { url } from '../config.js';

/** An address alone, or a name and the address in angle brackets. */
const sender = /^([^\s@<>]+@[^\s@<>]+|[^<>]*<[^\s@<>]+@[^\s@<>]+>)$/;

/** What a service that sends mail is configured by. */
export const mailConfigShape = {
  SMTP_URL: url('smtp', 'smtps'),
  /** Asked when the first one takes nothing. */
  SMTP_FALLBACK_URL: url('smtp', 'smtps').optional(),
  MAIL_FROM: z
    .string()
    .regex(sender, 'must be an address, or a name and an <address>')
    .default('Diaspora <no-reply@diaspora.example>'),
};

export type MailConfig = z.output<z.ZodObject<typeof mailConfigShape>>;
