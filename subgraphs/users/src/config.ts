import { list, loadConfig, secret, subgraphConfigShape, url } from '@diaspora/kit';
import { z } from 'zod';

export type UsersConfig = ReturnType<typeof loadUsersConfig>;

/** Pure: the environment is an argument. Durations are in seconds. */
export const loadUsersConfig = (env: Readonly<Record<string, string | undefined>>) =>
  loadConfig(
    {
      ...subgraphConfigShape,
      SMTP_URL: url('smtp', 'smtps'),
      MAIL_FROM: z.string().default('Diaspora <no-reply@diaspora.example>'),
      JWT_ISSUER: z.string().default('diaspora'),
      JWT_AUDIENCE: z.string().default('diaspora-api'),
      /** Encrypts signing keys at rest, derives refresh tokens and hashes mailed codes. */
      TOKEN_SECRET: secret(),
      ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(60).max(3_600).default(900),
      SESSION_SECONDS: z.coerce
        .number()
        .int()
        .min(3_600)
        .default(30 * 86_400),
      BCRYPT_COST: z.coerce.number().int().min(4).max(15).default(12),
      /** Whoever proves one of these addresses becomes a super user: how the first one comes to be. */
      SUPER_USER_EMAILS: list()
        .pipe(z.array(z.email('must be e-mail addresses')))
        .default([]),
    },
    env,
  );
