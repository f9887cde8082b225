import { bucketRegion, buckets, type Infrastructure } from './infrastructure.js';
import { subgraphNames, type Settings, type SubgraphName } from './settings.js';

export type Environment = Readonly<Record<string, string>>;

const host = '127.0.0.1';
const tokenIssuer = { JWT_ISSUER: 'diaspora', JWT_AUDIENCE: 'diaspora-api' };

/** Text messages are read in the mailbox, under this address. */
const textMailbox = 'sms@diaspora.example';

export const demoSuperUserEmail = 'root@diaspora.example';

/** The environment of each service: what it would be given as a process or a container of its own. Pure. */
export function environmentsOf(
  settings: Settings,
  infrastructure: Omit<Infrastructure, 'mailbox' | 'stop'>,
): Record<SubgraphName | 'router', Environment> {
  const { ports } = settings;
  const { secrets, databaseUrls, redisUrl, objectStoreUrl } = infrastructure;
  const shared = {
    HOST: host,
    LOG_LEVEL: settings.logLevel,
    REDIS_URL: redisUrl,
    REDIS_NAMESPACE: `diaspora:${ports.router}`,
    VIEWER_SECRET: secrets.viewerSecret,
  };
  const objectStore = {
    S3_ENDPOINT: objectStoreUrl,
    S3_REGION: bucketRegion,
    S3_ACCESS_KEY_ID: secrets.objectStoreKey,
    S3_SECRET_ACCESS_KEY: secrets.objectStoreSecret,
    S3_FORCE_PATH_STYLE: 'true',
  };
  const privateStore = { ...objectStore, S3_PRIVATE_BUCKET: buckets.private };
  const subgraph = (name: SubgraphName, own: Environment = {}): Environment => ({
    ...shared,
    PORT: String(ports[name]),
    DATABASE_URL: databaseUrls[name],
    ...own,
  });
  return {
    users: subgraph('users', {
      ...tokenIssuer,
      ...privateStore,
      SMTP_URL: `smtp://${host}:${ports.smtp}`,
      SMS_MAILBOX: textMailbox,
      TOKEN_SECRET: secrets.tokenSecret,
      SUPER_USER_EMAILS: demoSuperUserEmail,
      // Everybody on this machine has one address.
      ADDRESS_ATTEMPTS: '100000',
      ADDRESS_REQUESTS: '100000',
    }),
    events: subgraph('events', {
      ...privateStore,
      SEALING_SECRET: secrets.sealingSecret,
      SMTP_URL: `smtp://${host}:${ports.smtp}`,
    }),
    content: subgraph('content', {
      ...privateStore,
      S3_BUCKET: buckets.media,
    }),
    messaging: subgraph('messaging', { ...privateStore, SEALING_SECRET: secrets.sealingSecret }),
    payments: subgraph('payments', {
      ...privateStore,
      SMTP_URL: `smtp://${host}:${ports.smtp}`,
      SANDBOX_WEBHOOK_SECRET: secrets.sandboxWebhookSecret,
      INVOICE_ISSUER_NAME: 'Diaspora SRL',
      INVOICE_ISSUER_ADDRESS: 'Strada Exemplului 1, 010101 București, România',
    }),
    search: subgraph('search', privateStore),
    router: {
      ...shared,
      ...tokenIssuer,
      PORT: String(ports.router),
      JWKS_URL: `http://${host}:${ports.users}/.well-known/jwks.json`,
      API_KEYS_URL: `http://${host}:${ports.users}/internal/api-keys`,
      SUBGRAPH_URLS: subgraphNames.map((name) => `${name}=http://${host}:${ports[name]}`).join(','),
      CORS_ORIGINS: `http://${host}:${ports.router},http://localhost:${ports.router}`,
      INTROSPECTION: 'on',
      LANDING: 'graphiql',
      // On this machine everybody may look at query plans.
      EXPLAIN_ROLES: '*',
      // Everything shares its processors, and may be slow without being lost.
      PLAN_TIMEOUT_MS: '30000',
      SUBGRAPH_TIMEOUT_MS: '30000',
      REQUEST_TIMEOUT_MS: '60000',
    },
  };
}
