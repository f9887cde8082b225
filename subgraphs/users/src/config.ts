import {
  ConfigError,
  list,
  loadConfig,
  mailConfigShape,
  privateStoreConfigShape,
  secret,
  subgraphConfigShape,
} from '@diaspora/kit';
import { z } from 'zod';
import { federationConfigShape, federationFaults } from './federation-login/index.js';
import { textingConfigShape, textingFaults } from './texting/index.js';

export type UsersConfig = ReturnType<typeof loadUsersConfig>;

/** Pure: the environment is an argument. Durations are in seconds. */
export function loadUsersConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(
    {
      ...subgraphConfigShape,
      ...mailConfigShape,
      ...privateStoreConfigShape,
      ...textingConfigShape,
      ...federationConfigShape,
      JWT_ISSUER: z.string().default('diaspora'),
      JWT_AUDIENCE: z.string().default('diaspora-api'),
      /** Encrypts signing keys at rest, derives refresh tokens and hashes mailed codes. */
      TOKEN_SECRET: secret(),
      ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(60).max(3_600).default(900),
      /** How long a key signs access tokens before the next one does. */
      SIGNING_KEY_SECONDS: z.coerce
        .number()
        .int()
        .min(86_400)
        .default(30 * 86_400),
      /** How long after its exchange a refresh token is answered again, although its successor is in use. */
      REFRESH_REPLAY_SECONDS: z.coerce.number().int().min(0).max(300).default(30),
      /** How long the parts of a data export are waited for, and how long its archive can be fetched. */
      DATA_EXPORT_DAYS: z.coerce.number().int().min(1).max(30).default(7),
      /** How long a person who asked to be erased can take it back. */
      ERASURE_DAYS: z.coerce.number().int().min(1).max(90).default(30),
      SESSION_SECONDS: z.coerce
        .number()
        .int()
        .min(3_600)
        .default(30 * 86_400),
      /** Sign-ins and other proofs from one address in a quarter of an hour; registrations and mails in an hour. */
      ADDRESS_ATTEMPTS: z.coerce.number().int().min(1).default(100),
      ADDRESS_REQUESTS: z.coerce.number().int().min(1).default(60),
      /** How many hold an office of one place at once. */
      AMBASSADORS_PER_COUNTRY: z.coerce.number().int().min(1).max(20).default(1),
      CONSULS_PER_CITY: z.coerce.number().int().min(1).max(20).default(3),
      BCRYPT_COST: z.coerce.number().int().min(4).max(15).default(12),
      /** Whoever proves one of these addresses becomes a super user: how the first one comes to be. */
      SUPER_USER_EMAILS: list()
        .pipe(z.array(z.email('must be e-mail addresses')))
        .default([]),
    },
    env,
  );
  const faults = [...textingFaults(config), ...federationFaults(config)];
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
