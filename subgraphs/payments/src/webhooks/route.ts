import type { Clock, Logger, Subgraph } from '@diaspora/kit';
import { PaymentRefused, ProviderUnavailable, WebhookRefused, type Providers } from '../providers/index.js';
import type { Inbox } from './inbox.js';
import { BodyTooLarge, readRawBody } from './raw-body.js';
import { createRefusals } from './refusals.js';

const maxBodyBytes = 256 * 1_024;

/** `POST /webhooks/<provider>`: the caller is whoever signed the bytes. 200 means stored, nothing more. */
export function webhookRoutes(dependencies: {
  providers: Providers;
  inbox: Inbox;
  log: Logger;
  clock: Clock;
}): NonNullable<Subgraph['routes']> {
  const { providers, inbox, log, clock } = dependencies;
  const refusals = createRefusals({ clock });
  return (app) => {
    for (const provider of providers.all) {
      app.post(`/webhooks/${provider.name}`, async (request, response) => {
        const address = request.socket.remoteAddress ?? '';
        if (refusals.isTooMany(address)) {
          response.status(429).set('connection', 'close').json({ received: false });
          return;
        }
        try {
          const rawBody = await readRawBody(request, maxBodyBytes);
          await inbox.receive(provider.name, await provider.verifyWebhook(rawBody, request.headers));
          response.status(200).json({ received: true });
        } catch (error) {
          const status = statusOf(error);
          if (status === undefined) throw error;
          if (status !== 503) refusals.count(address);
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
  if (error instanceof WebhookRefused || error instanceof PaymentRefused) return 400;
  // Whether it is signed is for the provider to say, who tries again.
  if (error instanceof ProviderUnavailable) return 503;
  return error instanceof BodyTooLarge ? 413 : undefined;
}
