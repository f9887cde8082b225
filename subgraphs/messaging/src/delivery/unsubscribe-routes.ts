import type { Express, Response } from 'express';
import type { Db } from '../database.js';
import type { NotificationPreferences } from '../notification-preferences/index.js';
import { languageOf, wordsIn } from '../words/index.js';
import { escapeHtml } from './mail-body.js';
import type { UnsubscribeLinks, Unsubscription } from './unsubscribe-links.js';

interface Dependencies {
  readonly db: Db;
  readonly links: UnsubscribeLinks;
  readonly preferences: Pick<NotificationPreferences, 'unsubscribe'>;
}

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/**
 * `GET /unsubscribe?token=...` asks, as programs follow links, and `POST` does it (RFC 8058): with one click of the mail
 * program or the button of the page. Nobody signs in: the link is the proof.
 */
export const unsubscribeRoutes =
  ({ db, links, preferences }: Dependencies) =>
  (app: Express): void => {
    const languageFor = async (personId: string) => {
      const person = await db.knownPerson.findUnique({ where: { id: personId } });
      return languageOf(person?.languages ?? []);
    };

    async function answer(
      response: Response,
      unsubscription: Unsubscription | null,
      content: 'question' | 'done',
    ): Promise<void> {
      const language = unsubscription ? await languageFor(unsubscription.personId) : 'en';
      const { page, direction } = wordsIn(language);
      const body = unsubscription
        ? `<p>${escapeHtml(page[content](unsubscription.type === null))}</p>${content === 'question' ? form(page.button) : ''}`
        : `<p>${escapeHtml(page.unknown)}</p>`;
      response
        .status(unsubscription ? 200 : 404)
        .set({
          'cache-control': 'no-store',
          'content-security-policy': policy,
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'x-robots-tag': 'noindex',
        })
        .type('html')
        .send(document(language, direction, page.title, body));
    }

    app.get('/unsubscribe', async ({ query }, response) => {
      await answer(response, links.read(query['token']), 'question');
    });

    app.post('/unsubscribe', async ({ query }, response) => {
      const unsubscription = links.read(query['token']);
      if (unsubscription) await preferences.unsubscribe(unsubscription.personId, unsubscription.type);
      await answer(response, unsubscription, 'done');
    });
  };

/** Back to the address it came from, token and all. */
const form = (button: string): string =>
  `<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>${escapeHtml(button)}</button></form>`;

const document = (
  language: string,
  direction: string,
  title: string,
  body: string,
): string => `<!doctype html>
<html lang="${language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>body { font-family: sans-serif; line-height: 1.5; max-width: 32em; margin: 4em auto; padding: 0 1em }</style>
</head>
<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body>
</html>
`;
