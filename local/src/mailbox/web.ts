import type { OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { MailContent, MailStore } from './mail-store.js';
import { framedHtml, listPage, mailPage, missingPage, stylesheet } from './pages.js';

const pagePolicy =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** For a mail's own HTML: no scripts, no origin, no requests off this machine; links may open a tab. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data: http://127.0.0.1:* http://localhost:*',
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

type Answer = { status: number; headers: OutgoingHttpHeaders; body: string | Buffer };

/** The mailbox to look at, and the JSON API of tests: GET /messages?to=..., GET /messages/:id. */
export function createWebServer({
  store,
  onError,
}: {
  store: MailStore;
  onError: (error: unknown) => void;
}): Server {
  return createServer((request, response) => {
    if (!isLocal(request.headers.host))
      return respond(response, plain(421, 'This mailbox answers on localhost only.'));
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return respond(response, plain(405, 'GET only'));
    answer(store, request.url ?? '/').then(
      (result) => respond(response, result),
      (error: unknown) => {
        onError(error);
        respond(response, plain(500, 'The mail could not be read.'));
      },
    );
  });
}

async function answer(store: MailStore, target: string): Promise<Answer> {
  const mark = target.indexOf('?');
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const [, root = '', id, part, ...rest] = (mark < 0 ? target : target.slice(0, mark)).split('/');
  const to = query.get('to') ?? '';
  if (id === undefined) {
    if (root === '') return page(listPage(store.list({ containing: to }), to));
    if (root === 'messages') return json(200, store.list(to === '' ? {} : { to }));
    if (root === 'style.css') return ok('text/css; charset=utf-8', stylesheet);
    return page(missingPage(), 404);
  }
  const mail = rest.length === 0 && ['mails', 'messages'].includes(root) ? await store.read(id) : undefined;
  if (root === 'messages')
    return mail && part === undefined ? json(200, toJson(mail)) : json(404, { error: 'Not found' });
  if (!mail) return page(missingPage(), 404);
  return answerPart(store, mail, part);
}

async function answerPart(store: MailStore, mail: MailContent, part: string | undefined): Promise<Answer> {
  if (part === undefined) return page(mailPage(mail));
  if (part === 'html') {
    return ok('text/html; charset=utf-8', framedHtml(mail), { 'content-security-policy': mailPolicy });
  }
  const raw = part === 'raw' ? await store.readRaw(mail.id) : undefined;
  if (!raw) return page(missingPage(), 404);
  return ok('message/rfc822', raw, { 'content-disposition': `attachment; filename="${mail.id}.eml"` });
}

/** A page elsewhere could give itself a name that resolves to this machine and read the sign-in links here. */
function isLocal(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

function toJson({ attachments, ...mail }: MailContent) {
  const names = attachments.map(({ filename, mimeType }) => ({ filename, mimeType }));
  return { ...mail, html: mail.html ?? null, attachments: names };
}

function page(text: string, status = 200): Answer {
  return { ...ok('text/html; charset=utf-8', text), status };
}

function json(status: number, value: unknown): Answer {
  return { ...ok('application/json; charset=utf-8', JSON.stringify(value)), status };
}

function plain(status: number, text: string): Answer {
  return { ...ok('text/plain; charset=utf-8', text), status };
}

function ok(contentType: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}): Answer {
  const policy = { 'content-security-policy': pagePolicy };
  return { status: 200, headers: { 'content-type': contentType, ...policy, ...headers }, body };
}

function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
