import { createHash } from 'node:crypto';
import { AppError } from '@diaspora/kit';
import type { Express, Request, Response } from 'express';
import { eventIds } from '../ids.js';
import type { Calendar } from './service.js';

/**
 * `GET /calendar/events/<id>.ics` for everybody, of events that everybody may see, and `GET /calendar/feeds/<token>.ics`,
 * where the address is the secret. Both answer 304 to a known ETag.
 */
export const calendarRoutes =
  ({ calendar }: { calendar: Calendar }) =>
  (app: Express): void => {
    app.get('/calendar/events/:id.ics', async (request, response) => {
      const key = eventIds.find(request.params.id);
      if (!key) throw new AppError('NOT_FOUND', 'There is no such event.');
      send(request, response, await calendar.file(key), 'public, max-age=60');
    });

    app.get('/calendar/feeds/:token.ics', async (request, response) => {
      send(request, response, await calendar.readFeed(request.params.token), 'private, no-cache');
    });
  };

/** Many calendars say `no-cache` beside the tag they know, which Express takes for a wish to be sent it all again. */
const knows = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false;

function send(request: Request, response: Response, text: string, cacheControl: string): void {
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  response.set({ 'cache-control': cacheControl, etag, 'referrer-policy': 'no-referrer' });
  if (knows(request.header('if-none-match'), etag)) response.status(304).end();
  else response.type('text/calendar; charset=utf-8').send(text);
}
