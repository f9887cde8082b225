import { ConfigError, url } from '@diaspora/kit';
import { z } from 'zod';
import type { ServiceAccount } from './channels/fcm.js';
import type { Vapid } from './channels/web-push.js';

export interface PushSettings {
  readonly fcm: { readonly account: ServiceAccount; readonly url: string } | null;
  readonly vapid: Vapid | null;
}

const serviceAccount = z.object({
  project_id: z.string(),
  client_email: z.string(),
  private_key: z.string(),
  token_uri: z.url(),
});

const json = z.string().transform((text, context) => {
  try {
    return serviceAccount.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be the JSON file of a service account' });
    return z.NEVER;
  }
});

/** By whom devices are reached; without them, what would be pushed is in the delivery log only. */
export const pushConfigShape = {
  /** The JSON file of a Google service account that may send by Firebase Cloud Messaging. */
  FCM_SERVICE_ACCOUNT: json.optional(),
  FCM_URL: url('http', 'https').default('https://fcm.googleapis.com'),
  /** A pair of keys as `npx web-push generate-vapid-keys` makes it; browsers that subscribed by one know no other. */
  VAPID_PUBLIC_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY: z.string().optional(),
  /** Whom push services can write to. */
  VAPID_SUBJECT: url('mailto', 'https').default('mailto:no-reply@diaspora.example'),
};

/** Throws ConfigError where one key is without the other. */
export function readPushSettings(config: z.output<z.ZodObject<typeof pushConfigShape>>): PushSettings {
  const {
    FCM_SERVICE_ACCOUNT: account,
    FCM_URL,
    VAPID_PUBLIC_KEY,
    VAPID_PRIVATE_KEY,
    VAPID_SUBJECT,
  } = config;
  if ((VAPID_PUBLIC_KEY === undefined) !== (VAPID_PRIVATE_KEY === undefined))
    throw new ConfigError(['VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY: one is wanted beside the other']);
  const keys = VAPID_PUBLIC_KEY !== undefined && VAPID_PRIVATE_KEY !== undefined;
  return {
    fcm: account ? { account, url: FCM_URL } : null,
    vapid: keys
      ? { publicKey: VAPID_PUBLIC_KEY, privateKey: VAPID_PRIVATE_KEY, subject: VAPID_SUBJECT }
      : null,
  };
}
