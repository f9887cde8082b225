import type { Logger, Subgraph } from '@diaspora/kit';
import { ProviderUnavailable, WebhookRefused, type Providers } from '../providers/index.js';
import type { Inbox } from './inbox.js';
import { BodyTooLarge, readRawBody } from './raw-body.js';

const maxBodyBytes = 256 * 1_024;

/** `POST /webhooks/<provider>`: the caller is whoever signed the bytes. 200 means stored, nothing more. */
export function webhookRoutes(dependencies: {
  providers: Providers;
  inbox: Inbox;
  log: Logger;
}): NonNullable<Subgraph['routes']> {
  const { providers, inbox, log } = dependencies;
  return (app) => {
    for (const provider of providers.all) {
      app.post(`/webhooks/${provider.name}`, async (request, response) => {
        try {
          const rawBody = await readRawBody(request, maxBodyBytes);
          await inbox.receive(provider.name, await provider.verifyWebhook(rawBody, request.headers));
          response.status(200).json({ received: true });
        } catch (error) {
          const status = statusOf(error);
          if (status === undefined) throw error;
          log.warn({ provider: provider.name, status, reason: (error as Error).message }, 'webhook refused');
          // What is left of a body that is too large is thrown away until the connection ends with the answer.
          request.resume();
          response.status(status).set('connection', 'close').json({ received: false });
        }
      });
    }
  };
}

function statusOf(error: unknown): 400 | 413 | 503 | undefined {
  if (error instanceof WebhookRefused) return 400;
  // Whether it is signed is for the provider to say, who tries again.
  if (error instanceof ProviderUnavailable) return 503;
  return error instanceof BodyTooLarge ? 413 : undefined;
}
