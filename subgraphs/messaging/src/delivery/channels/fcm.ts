import { JWT } from 'google-auth-library';
import { createTargets } from '../../targets.js';
import type { Outcome } from '../rules.js';
import { outcomeOf, outcomeOfFailure } from './answers.js';
import type { PushProvider } from './push.js';

/** Of the file that Google gives for a service account. */
export interface ServiceAccount {
  readonly project_id: string;
  readonly client_email: string;
  readonly private_key: string;
  readonly token_uri: string;
}

const scopes = ['https://www.googleapis.com/auth/firebase.messaging'];
const libraryTokenUrl = 'https://oauth2.googleapis.com/token';

interface Settings {
  readonly account: ServiceAccount;
  readonly url: string;
  /** The library would wait for a token for ever. */
  readonly tokenTimeoutMs?: number;
}

/** Firebase Cloud Messaging by its HTTP v1 API (https://firebase.google.com/docs/reference/fcm/rest/v1). */
export function createFcm({ account, url, tokenTimeoutMs = 10_000 }: Settings): PushProvider {
  const client = new JWT({ email: account.client_email, key: account.private_key, scopes });
  client.transporter.interceptors.request.add({
    resolved: async (config) => {
      if (String(config.url) === libraryTokenUrl) config.url = new URL(account.token_uri);
      config.signal = AbortSignal.timeout(tokenTimeoutMs);
      return config;
    },
  });
  // The operator names this address, not a person.
  const targets = createTargets({ isOpen: true });
  const endpoint = `${url}/v1/projects/${account.project_id}/messages:send`;

  return {
    name: 'fcm',
    send: async (token, { title, tag, data }) => {
      const access = await client.getAccessToken().catch(() => null);
      if (!access?.token) return { kind: 'LATER', detail: 'NO_ACCESS_TOKEN' };
      const message = {
        ...{ token, notification: { title }, data },
        android: { notification: { tag } },
        apns: { headers: { 'apns-collapse-id': tag } },
      };
      const headers = { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' };
      const request = { headers, body: JSON.stringify({ message }), redirect: 'error' } as const;
      return targets
        .post(endpoint, request)
        .then(
          (answer) => gone(answer.text) ?? refusedUs(answer.status) ?? outcomeOf(answer),
          outcomeOfFailure,
        );
    },
  };
}

/** A token that leads nowhere, or belongs to somebody else's project. */
function gone(text: string): Outcome | null {
  const [code] = /\b(UNREGISTERED|SENDER_ID_MISMATCH)\b/.exec(text) ?? [];
  return code ? { kind: 'GONE', detail: code } : null;
}

/** Our own credentials do not count there: a matter of settings, which can be mended. */
const refusedUs = (status: number): Outcome | null =>
  status === 401 || status === 403 ? { kind: 'LATER', detail: `HTTP ${status}` } : null;
