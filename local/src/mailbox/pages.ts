import type { Attachment } from 'postal-mime';
import type { Html } from './html.js';
import { html } from './html.js';
import type { Mail, MailContent } from './mail-store.js';

export const stylesheet = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #8886; vertical-align: top; overflow-wrap: anywhere; }
dt { font-weight: 600; float: left; clear: left; width: 6rem; }
dd { margin-left: 7rem; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid #8886; }
iframe { width: 100%; height: 70vh; border: 1px solid #8886; background: #fff; }
input, button { font: inherit; padding: .2rem .6rem; }
:focus-visible { outline: 3px solid #48f; outline-offset: 2px; }
`;

export function listPage(mails: Mail[], recipient: string): string {
  return page(
    'Mailbox',
    html`<h1>Mailbox</h1>
      <p>
        Every mail sent on this machine ends here.
        <a href="/?to=${encodeURIComponent(recipient)}">Look again</a>
      </p>
      <form method="get" action="/" role="search">
        <label for="to">Recipient contains</label>
        <input id="to" name="to" type="search" value="${recipient}" autocomplete="off" />
        <button>Filter</button>
      </form>
      ${mails.length === 0 ? html`<p>No mail${recipient === '' ? '' : ' for this recipient'} yet.</p>` : mailTable(mails)}`,
  );
}

export function mailPage(mail: MailContent): string {
  const path = `/mails/${mail.id}`;
  return page(
    mail.subject || '(no subject)',
    html`<nav aria-label="Mailbox"><a href="/">All mails</a></nav>
      <h1>${mail.subject || '(no subject)'}</h1>
      <dl>
        <dt>From</dt>
        <dd>${mail.from}</dd>
        <dt>To</dt>
        <dd>${mail.to.join(', ')}</dd>
        <dt>Received</dt>
        <dd>${time(mail)}</dd>
      </dl>
      ${
        mail.text === ''
          ? html``
          : html`<h2>Text</h2>
              <pre>${linked(mail.text)}</pre>`
      }
      ${mail.html === undefined ? html`` : htmlPart(path)} ${attachmentList(mail.attachments)}
      <p><a href="${path}/raw">Download as .eml</a></p>`,
  );
}

export function missingPage(): string {
  return page(
    'Not found',
    html`<h1>Not found</h1>
      <p>There is nothing here. <a href="/">All mails</a></p>`,
  );
}

/** The HTML part for its frame: links open in a new tab, images that came with the mail are shown. */
export function framedHtml(mail: MailContent): string {
  const withImages = (mail.html ?? '').replace(/\bcid:([^"'\s>)]+)/gi, (reference, contentId: string) => {
    const image = mail.attachments.find((each) => each.contentId === `<${decodeSafely(contentId)}>`);
    return image?.mimeType.startsWith('image/') ? toDataUrl(image) : reference;
  });
  return `<!doctype html><meta charset="utf-8"><base target="_blank">${withImages}`;
}

function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Mailbox</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`.html;
}

function mailTable(mails: Mail[]): Html {
  const rows = mails.map(
    (mail) =>
      html`<tr>
        <td><a href="/mails/${mail.id}">${mail.subject || '(no subject)'}</a></td>
        <td>${mail.to.join(', ')}</td>
        <td>${mail.from}</td>
        <td>${time(mail)}</td>
      </tr>`,
  );
  return html`<table>
    <caption>
      ${mails.length === 1 ? '1 mail' : `${mails.length} mails`}, newest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Subject</th>
        <th scope="col">To</th>
        <th scope="col">From</th>
        <th scope="col">Received</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function htmlPart(path: string): Html {
  const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
  return html`<h2>HTML</h2>
    <iframe src="${path}/html" title="The mail as HTML" sandbox="${sandbox}"></iframe>`;
}

function attachmentList(attachments: Attachment[]): Html {
  if (attachments.length === 0) return html``;
  const items = attachments.map(
    ({ filename, mimeType }) => html`<li>${filename ?? '(no name)'} (${mimeType})</li>`,
  );
  return html`<h2>Attachments</h2>
    <ul>
      ${items}
    </ul>`;
}

function time({ receivedAt }: Mail): Html {
  return html`<time datetime="${receivedAt}">${receivedAt.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function linked(text: string): Html[] {
  const pieces = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/);
  return pieces.map((piece, index) =>
    index % 2 === 0
      ? html`${piece}`
      : html`<a href="${piece}" rel="noopener noreferrer" target="_blank">${piece}</a>`,
  );
}

function toDataUrl({ mimeType, content }: Attachment): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array);
  return `data:${mimeType.replace(/[^\w/+.-]/g, '')};base64,${bytes.toString('base64')}`;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A content id may hold a bare percent sign: it is then meant as it stands.
    return text;
  }
}
