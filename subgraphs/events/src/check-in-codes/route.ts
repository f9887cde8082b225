import type { SigningKeys } from '@diaspora/kit';
import type { Express } from 'express';

/** Publishes the keys by which anybody verifies a code without asking again. */
export const mountCheckInKeys =
  (keys: SigningKeys) =>
  (app: Express): void => {
    app.get('/check-in/keys', (_request, response, next) => {
      keys
        .jwks()
        .then((set) => response.set('cache-control', 'public, max-age=3600').json(set))
        .catch(next);
    });
  };
