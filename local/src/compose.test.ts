import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadContentConfig } from '@diaspora/content/config';
import { loadEventsConfig } from '@diaspora/events/config';
import { loadConfig, privateStoreConfigShape } from '@diaspora/kit';
import { loadMessagingConfig } from '@diaspora/messaging/config';
import { loadPaymentsConfig } from '@diaspora/payments/config';
import { readConfig } from '@diaspora/router';
import { loadSearchConfig } from '@diaspora/search/config';
import { loadUsersConfig } from '@diaspora/users/config';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { subgraphNames } from './settings.js';

interface Compose {
  services: Record<string, { command?: string[]; environment?: Record<string, string | number> }>;
}

const root = path.resolve(import.meta.dirname, '../..');
const compose = load(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), {
  schema: YAML11_SCHEMA,
}) as Compose;
const secretNames = readFileSync(path.join(root, '.env.example'), 'utf8').match(/^[A-Z_0-9]+(?==)/gm) ?? [];

const loaders = {
  users: loadUsersConfig,
  events: loadEventsConfig,
  content: loadContentConfig,
  messaging: loadMessagingConfig,
  payments: loadPaymentsConfig,
  search: loadSearchConfig,
  router: readConfig,
};

/** Settings that are no secrets. */
const plain: Record<string, string> = {
  LOG_LEVEL: 'info',
  EVENTS_PUBLIC_URL: 'https://events.example.org',
  MESSAGING_PUBLIC_URL: 'https://messaging.example.org',
  APP_URL: 'https://app.example.org',
  SMTP_FALLBACK_URL: 'smtp://mail.example.org',
  FCM_SERVICE_ACCOUNT: JSON.stringify({
    ...{ project_id: 'community', client_email: 'push@community.example', private_key: 'a-key' },
    token_uri: 'https://oauth2.googleapis.com/token',
  }),
  VAPID_SUBJECT: 'mailto:ops@example.org',
  CALENDAR_REDIRECT_URIS: 'https://app.example.org/calendar-connected',
  SUPER_USER_EMAILS: 'root@example.org',
  OIDC_PROVIDERS: '[{ "preset": "google", "clientId": "an-id", "clientSecret": "a-secret" }]',
  OIDC_REDIRECT_URIS: 'https://app.example.org/signed-in',
  PAYPAL_API_URL: 'https://api-m.sandbox.paypal.com',
};

/** As docker compose fills in variables from .env. */
function environmentOf(name: string): Record<string, string> {
  const values: Record<string, string> = Object.fromEntries(
    secretNames.map((secret) => [secret, `${secret}-`.padEnd(40, 'x')]),
  );
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)(?::[?-]([^}]*))?\}/g, (_all, key: string) => {
      if (!(key in values)) throw new Error(`.env.example does not name ${key}`);
      return plain[key] ?? values[key]!;
    });
  const { environment = {} } = compose.services[name]!;
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, fill(String(value))]));
}

describe('docker-compose.yml', () => {
  it.each([...subgraphNames, 'router'] as const)('configures %s as it wants to be configured', (name) => {
    const config = loaders[name](environmentOf(name));
    expect(config.HOST).toBe('0.0.0.0');
    const entry = compose.services[name]!.command!.at(-1)!;
    const source = entry.replace(/dist\/(.*)\.js$/, 'src/$1.ts'); // what is built of it
    expect(readFileSync(path.join(root, source), 'utf8')).toContain('runMain');
  });

  it('turns on the providers whose settings are there, and needs none of them', () => {
    const all = environmentOf('payments');
    expect(loadPaymentsConfig(all)).toMatchObject({
      STRIPE_SECRET_KEY: all['STRIPE_SECRET_KEY'],
      PAYPAL_WEBHOOK_ID: all['PAYPAL_WEBHOOK_ID'],
    });
    const none = Object.fromEntries(
      Object.entries(all).map(([key, value]) => [key, /^(SANDBOX|STRIPE|PAYPAL)_/.test(key) ? '' : value]),
    );
    expect(loadPaymentsConfig(none).SANDBOX_WEBHOOK_SECRET).toBeUndefined();
  });

  it.each(['users', 'payments'] as const)('gives %s a bucket that is private, and no other', (name) => {
    const environment = environmentOf(name);
    const { S3_PRIVATE_BUCKET: own } = loadConfig(privateStoreConfigShape, environment);
    expect(environment['S3_BUCKET']).toBeUndefined();
    expect(compose.services['bucket']!.command!.join()).toContain(`s3/${own}`);
  });

  it('routes to every subgraph on its own port', () => {
    const { SUBGRAPH_URLS } = readConfig(environmentOf('router'));
    const ports = subgraphNames.map((name) => [name, `http://${name}:${environmentOf(name)['PORT']}`]);
    expect(SUBGRAPH_URLS).toEqual(Object.fromEntries(ports));
  });
});
