import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SendMailOptions, Transporter } from 'nodemailer';
import { createTransport } from 'nodemailer';
import type { Mailbox, MailboxOptions } from './index.js';
import { startMailbox } from './index.js';

let dir: string;
let mailbox: Mailbox;
let transport: Transporter;
let faults: unknown[];

async function start(options: Partial<MailboxOptions> = {}): Promise<void> {
  mailbox = await startMailbox({
    smtpPort: 0,
    webPort: 0,
    dir,
    onError: (error) => faults.push(error),
    ...options,
  });
  transport = createTransport(mailbox.smtpUrl);
}

async function stop(): Promise<void> {
  transport.close();
  await mailbox.stop();
}

beforeEach(async () => {
  faults = [];
  dir = await mkdtemp(path.join(tmpdir(), 'mailbox-'));
  await start();
});

afterEach(async () => {
  await stop();
  await rm(dir, { recursive: true, force: true });
  expect(faults).toEqual([]);
});

function send(mail: SendMailOptions) {
  return transport.sendMail({
    from: 'app@example.com',
    to: 'ada@example.com',
    subject: 'Hi',
    text: 'Hello',
    ...mail,
  });
}

async function get(target: string): Promise<{ status: number; body: string; policy: string }> {
  const response = await fetch(mailbox.url + target);
  const policy = response.headers.get('content-security-policy') ?? '';
  return { status: response.status, body: await response.text(), policy };
}

describe('delivery', () => {
  it('keeps a mail and lists it, newest first', async () => {
    await send({ subject: 'First' });
    await send({ subject: 'Grüße 👋', text: 'Zweite' });
    const { body } = await get('/messages');

    expect(JSON.parse(body)).toEqual([
      expect.objectContaining({ subject: 'Grüße 👋', text: 'Zweite\n', from: 'app@example.com' }),
      expect.objectContaining({ subject: 'First', to: ['ada@example.com'] }),
    ]);
  });

  it('writes each mail to the folder as .eml', async () => {
    await send({ subject: 'Kept' });
    const [name = ''] = await readdir(dir);

    expect(name).toMatch(/\.eml$/);
    expect(await readFile(path.join(dir, name), 'utf8')).toContain('Subject: Kept');
  });

  it('finds its mails again after a restart', async () => {
    await send({ subject: 'Before', bcc: 'secret@example.com' });
    await stop();
    await start();
    await send({ subject: 'After', to: 'secret@example.com' });
    const { body } = await get('/messages?to=Secret@example.com');

    expect((JSON.parse(body) as { subject: string }[]).map(({ subject }) => subject)).toEqual([
      'After',
      'Before',
    ]);
  });

  it('drops the oldest beyond its limit, also at a start', async () => {
    await stop();
    await start({ limit: 3 });
    for (const subject of ['1', '2', '3', '4', '5']) await send({ subject });
    const first = await readdir(dir);
    await stop();
    await start({ limit: 2 });
    const mails = JSON.parse((await get('/messages')).body) as { subject: string }[];

    expect(first).toHaveLength(3);
    expect(mails.map(({ subject }) => subject)).toEqual(['5', '4']);
    expect(await readdir(dir)).toHaveLength(2);
  });

  it('keeps mails that come at the same instant apart', async () => {
    await stop();
    await start({ clock: () => new Date('2026-05-01T10:00:00Z') });
    await Promise.all(Array.from({ length: 20 }, (_, index) => send({ subject: String(index) })));
    const mails = JSON.parse((await get('/messages')).body) as { id: string; subject: string }[];

    expect(new Set(mails.map(({ id }) => id)).size).toBe(20);
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(20);
  });

  it('takes any user and password', async () => {
    transport = createTransport(mailbox.smtpUrl.replace('//', '//someone:anything@'));
    await send({ to: 'auth@example.com' });

    await expect(mailbox.waitForMail({ to: 'auth@example.com' })).resolves.toMatchObject({
      to: ['auth@example.com'],
    });
  });

  it('refuses a mail over 25 MiB', async () => {
    await expect(send({ text: 'x'.repeat(26 * 2 ** 20) })).rejects.toThrow(/552|size/i);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('the API', () => {
  it('answers one mail with its HTML and the names of its attachments', async () => {
    await send({ html: '<b>Hello</b>', attachments: [{ filename: 'a.txt', content: 'x' }] });
    const [mail] = JSON.parse((await get('/messages')).body) as { id: string }[];
    const { body } = await get(`/messages/${mail?.id}`);

    expect(JSON.parse(body)).toMatchObject({
      id: mail?.id,
      html: '<b>Hello</b>\n',
      attachments: [{ filename: 'a.txt', mimeType: 'text/plain' }],
    });
  });

  it.each([
    '/messages/unknown',
    '/messages/..%2f..%2fetc%2fpasswd',
    '/mails/unknown',
    '/nowhere',
    '/mails/x/html/y',
  ])('answers 404 to %s', async (target) => {
    expect((await get(target)).status).toBe(404);
  });

  it('filters by the whole address only', async () => {
    await send({ to: 'bob@example.com' });
    await send({ to: 'notbob@example.com' });

    expect(JSON.parse((await get('/messages?to=bob@example.com')).body)).toHaveLength(1);
  });

  it('refuses other names for this machine', async () => {
    const request = http.get({
      host: '127.0.0.1',
      port: new URL(mailbox.url).port,
      headers: { host: 'evil.example' },
    });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();

    expect(response.statusCode).toBe(421);
  });
});

describe('waiting for a mail', () => {
  it('ends when the mail comes', async () => {
    const waiting = mailbox.waitForMail({ to: 'ADA@example.com' });
    await send({ to: 'eve@example.com' });
    await send({ subject: 'Here' });

    await expect(waiting).resolves.toMatchObject({ subject: 'Here' });
  });

  it('passes over what came before', async () => {
    await send({ subject: 'Old' });
    const old = await mailbox.waitForMail({ to: 'ada@example.com' });
    const waiting = mailbox.waitForMail({ to: 'ada@example.com', after: old.receivedAt });
    await send({ subject: 'New' });

    await expect(waiting).resolves.toMatchObject({ subject: 'New' });
  });

  it('fails in time, and when the mailbox stops', async () => {
    await expect(mailbox.waitForMail({ to: 'a@b.c', timeoutMs: 1 })).rejects.toThrow(
      'No mail to a@b.c within 1 ms',
    );
    const waiting = mailbox.waitForMail({ to: 'a@b.c' });
    const [result] = await Promise.allSettled([waiting, mailbox.stop()]);

    expect(result).toMatchObject({ reason: { message: 'The mailbox stopped before a mail to a@b.c came' } });
    await start();
  });
});

describe('the page', () => {
  const attack = '<script>alert(1)</script>"><img src=x onerror=alert(1)>';

  async function pageOf(
    mail: SendMailOptions,
  ): Promise<{ list: string; page: string; html: string; policies: string[] }> {
    await send(mail);
    const list = await get('/');
    const link = /href="(\/mails\/[^"]+)"/.exec(list.body)?.[1] ?? '';
    const [page, html] = [await get(link), await get(`${link}/html`)];
    return {
      list: list.body,
      page: page.body,
      html: html.body,
      policies: [list.policy, page.policy, html.policy],
    };
  }

  it('lists mails and filters them by a part of the recipient', async () => {
    await send({ to: 'ada@example.com', subject: 'For Ada' });
    await send({ to: 'bob@example.com', subject: 'For Bob' });
    const [all, some] = [await get('/'), await get('/?to=ADA')];

    expect(all.body).toMatch(/For Bob[^]*For Ada/);
    expect(some.body).toContain('For Ada');
    expect(some.body).not.toContain('For Bob');
  });

  it('escapes whatever a mail or the address bar says', async () => {
    const { list, page } = await pageOf({ subject: attack, text: attack });
    const filtered = await get(`/?to=${encodeURIComponent(attack)}`);

    for (const body of [list, page, filtered.body]) {
      expect(body).not.toContain('<script');
      expect(body).not.toContain('<img');
      expect(body).toContain('&#60;script&#62;');
    }
  });

  it('allows no script and frames the HTML part in a sandbox', async () => {
    const { page, html, policies } = await pageOf({ html: `<p>Hello</p>${attack}` });

    expect(page).toMatch(/<iframe[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    expect(html).toContain('<base target="_blank"><p>Hello</p>');
    expect(policies.every((policy) => policy.startsWith("default-src 'none'"))).toBe(true);
    expect(policies.join()).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
    expect(policies[2]).toContain('sandbox allow-popups');
  });

  it('makes the links of a text usable', async () => {
    const { page } = await pageOf({ text: 'Confirm: http://localhost:4000/verify?a=1&b=2. Thanks' });

    expect(page).toContain('<a href="http://localhost:4000/verify?a=1&#38;b=2" rel="noopener noreferrer"');
  });

  it('shows images that came with the mail', async () => {
    const attachments = [
      { filename: 'l.png', cid: 'logo@x', content: Buffer.from('png'), contentType: 'image/png' },
    ];
    const { html } = await pageOf({ html: '<img src="cid:logo@x">', attachments });

    expect(html).toContain('<img src="data:image/png;base64,cG5n">');
  });

  it('names its language, its headings and its controls', async () => {
    await send({});
    const { body } = await get('/');

    expect(body).toContain('<html lang="en">');
    expect(body).toMatch(/<h1>Mailbox<\/h1>[^]*<label for="to">[^]*<caption>[^]*<th scope="col">/);
  });
});

describe('starting', () => {
  it('says in one line which port is taken, and holds no other then', async () => {
    const [smtpPort, webPort] = [mailbox.smtpUrl, mailbox.url].map((url) => Number(new URL(url).port));

    await expect(startMailbox({ smtpPort: smtpPort ?? 0, webPort: 0, dir })).rejects.toThrow(
      `Mailbox (SMTP): port ${smtpPort} on 127.0.0.1 is already in use`,
    );
    await expect(startMailbox({ smtpPort: 0, webPort: webPort ?? 0, dir })).rejects.toThrow(
      `Mailbox (web): port ${webPort} on 127.0.0.1 is already in use`,
    );
  });
});
