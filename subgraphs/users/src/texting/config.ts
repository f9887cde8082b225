import { z } from 'zod';

const twilioNames = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;

/** How text messages leave: through Twilio, as mails into a mailbox, or not at all. */
export const textingConfigShape = {
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits')
    .optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  TWILIO_FROM: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
      'must be a number (+49...), a messaging service (MG...) or a name of up to 11 letters and digits',
    )
    .optional(),
  /** Whoever reads this mailbox reads every code: for machines whose mail goes nowhere. */
  SMS_MAILBOX: z.email('must be an e-mail address').optional(),
};

export type TextingConfig = z.output<z.ZodObject<typeof textingConfigShape>>;

/** What is wrong with the settings together, one line each. */
export function textingFaults(config: TextingConfig): string[] {
  const missing = twilioNames.filter((name) => config[name] === undefined);
  const given = twilioNames.find((name) => config[name] !== undefined);
  if (given === undefined) return [];
  return [
    ...(missing.length > 0 ? [`${missing.join(', ')}: wanted beside ${given}`] : []),
    ...(config.SMS_MAILBOX === undefined ? [] : [`SMS_MAILBOX: not beside ${given}, texts go one way`]),
  ];
}
