import { loadConfig, secret, subgraphConfigShape, url } from '@diaspora/kit';

export type PaymentsConfig = ReturnType<typeof loadPaymentsConfig>;

/** Pure: the environment is an argument. */
export function loadPaymentsConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = loadConfig(
    {
      ...subgraphConfigShape,
      /** Turns on the embedded sandbox provider, whose test cards buy for nothing; signs and checks its webhooks. */
      SANDBOX_WEBHOOK_SECRET: secret().optional(),
      /** Where the sandbox delivers its webhooks; this service's own route unless given. */
      SANDBOX_WEBHOOK_URL: url('http', 'https').optional(),
    },
    env,
  );
  return { ...config, SANDBOX_WEBHOOK_URL: config.SANDBOX_WEBHOOK_URL ?? ownWebhookUrl(config) };
}

function ownWebhookUrl({ HOST, PORT }: { HOST: string; PORT: number }): string {
  const host = ['0.0.0.0', '::'].includes(HOST) ? '127.0.0.1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}/webhooks/sandbox`;
}
