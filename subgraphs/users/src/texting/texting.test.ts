import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { createLogger, type Mail } from '@diaspora/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TextingConfig } from './config.js';
import { createTexting } from './texting.js';

const account = `AC${'0123456789abcdef'.repeat(2)}`;
const token = 'a-token-of-twilio';
const from = '+15005550006';
const configured = { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token, TWILIO_FROM: from };
const message = { to: '+4930123456', text: 'Ваш код: hz-7Q-xk & nothing + else' };

interface Request {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly form: Record<string, string>;
}

let server: Server;
let requests: Request[];
let answer: (response: ServerResponse) => void;
let logged: string;

/** Takes what Twilio's Messages resource takes, and says no to everything else. */
async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization, 'content-type': contentType } = request.headers;
  const form = Object.fromEntries(new URLSearchParams(await readText(request)));
  requests.push({ line: `${request.method} ${request.url}`, authorization, contentType, form });
  const isMessages = request.url === `/2010-04-01/Accounts/${account}/Messages.json`;
  const isAccount = authorization === `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;
  const hasSender = 'From' in form !== 'MessagingServiceSid' in form;
  if (!isMessages || request.method !== 'POST') return refuse(404, 20404)(response);
  if (!isAccount) return refuse(401, 20003)(response);
  if (contentType !== 'application/x-www-form-urlencoded') return refuse(415, 20415)(response);
  if (!hasSender || !('Body' in form) || !('To' in form)) return refuse(400, 21603)(response);
  answer(response);
}

const json = (response: ServerResponse, status: number, body: object) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const accept = (response: ServerResponse) =>
  json(response, 201, {
    sid: `SM${'f'.repeat(32)}`,
    account_sid: account,
    status: 'queued',
    to: message.to,
    body: message.text,
    date_created: 'Mon, 01 Jun 2026 12:00:00 +0000',
    error_code: null,
  });

/** An error as Twilio words it: with the number and what was to be said. */
const refuse = (status: number, code: number) => (response: ServerResponse) =>
  json(response, status, {
    code,
    message: `The 'To' number ${message.to} does not take "${message.text}"`,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  });

beforeAll(async () => {
  server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => {
  requests = [];
  logged = '';
  answer = accept;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function log() {
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    logged += chunk.toString();
    done();
  };
  return createLogger({ name: 'test', level: 'trace', destination: new Writable({ write }) });
}

const nowhere = { send: async () => Promise.reject(new Error('mail is not for this')) };

function textingBy(config: TextingConfig, twilio: { baseUrl?: string; timeoutMs?: number } = {}) {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createTexting(config, { mailer: nowhere, log: log(), twilio: { baseUrl, ...twilio } });
}

/** What was thrown, with everything that hangs on it. */
async function failureOf(sending: Promise<void>) {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason as Error & { code?: string },
  );
  const shown = [String(error), error?.stack, JSON.stringify(error), String(error?.cause)].join('\n');
  return { code: error?.code, message: error?.message, shown };
}

function expectNothingTold(shown: string) {
  for (const secret of [message.to, '4930123456', 'hz-7Q-xk', token]) {
    expect(shown).not.toContain(secret);
    expect(logged).not.toContain(secret);
  }
}

describe('texting through Twilio', () => {
  it('posts the message as a form, as this account', async () => {
    await (await textingBy(configured)).send(message);
    expect(requests).toEqual([
      {
        line: `POST /2010-04-01/Accounts/${account}/Messages.json`,
        authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`,
        contentType: 'application/x-www-form-urlencoded',
        form: { To: message.to, From: from, Body: message.text },
      },
    ]);
    expect(logged).toBe('');
  });

  it('leaves the choice of the number to a messaging service', async () => {
    const service = `MG${'a'.repeat(32)}`;
    await (await textingBy({ ...configured, TWILIO_FROM: service })).send(message);
    expect(requests[0]?.form).toEqual({ To: message.to, MessagingServiceSid: service, Body: message.text });
  });

  it.each<[string, string, object, (response: ServerResponse) => void]>([
    ['a number that is none', 'INVALID_INPUT', { status: 400, code: 21211 }, refuse(400, 21211)],
    ['a landline', 'INVALID_INPUT', { status: 400, code: 21635 }, refuse(400, 21635)],
    ['a person who opted out', 'INVALID_INPUT', { status: 400, code: 21610 }, refuse(400, 21610)],
    ['a sender that is not ours', 'UNAVAILABLE', { status: 400, code: 21606 }, refuse(400, 21606)],
    ['too many at once', 'UNAVAILABLE', { status: 429, code: 20429 }, refuse(429, 20429)],
    ['a fault of Twilio', 'UNAVAILABLE', { status: 500, code: 20500 }, refuse(500, 20500)],
    [
      'a page of a proxy',
      'UNAVAILABLE',
      { status: 502 },
      (response) => void response.writeHead(502).end(`<p>${message.to}: ${message.text}</p>`),
    ],
    ['a broken connection', 'UNAVAILABLE', { code: 'ECONNRESET' }, (response) => void response.destroy()],
  ])('tells of %s as %s, once, and neither to whom nor what', async (_name, code, reason, refusal) => {
    answer = refusal;
    const failure = await failureOf((await textingBy(configured)).send(message));
    expect(failure.code).toBe(code);
    expect(JSON.parse(logged)).toMatchObject({ ...reason, msg: 'Twilio did not take a text message' });
    expectNothingTold(failure.shown);
    expect(requests).toHaveLength(1);
  });

  it('tells of a wrong token by the code of Twilio in the log', async () => {
    const failure = await failureOf(
      (await textingBy({ ...configured, TWILIO_AUTH_TOKEN: 'wrong' })).send(message),
    );
    expect(failure.code).toBe('UNAVAILABLE');
    expect(JSON.parse(logged)).toMatchObject({ status: 401, code: 20003 });
    expectNothingTold(failure.shown);
  });

  it('tells when no answer comes in time', async () => {
    answer = () => undefined;
    const failure = await failureOf((await textingBy(configured, { timeoutMs: 200 })).send(message));
    expect(failure.code).toBe('UNAVAILABLE');
    expect(JSON.parse(logged)).toMatchObject({ code: 'ECONNABORTED' });
    expectNothingTold(failure.shown);
  });

  it('tells when nobody listens', async () => {
    const failure = await failureOf(
      (await textingBy(configured, { baseUrl: 'http://127.0.0.1:1' })).send(message),
    );
    expect(failure.code).toBe('UNAVAILABLE');
    expectNothingTold(failure.shown);
  });
});

describe('texting without Twilio', () => {
  const config = { SMS_MAILBOX: 'sms@diaspora.example' } as TextingConfig;

  it('mails texts to the mailbox, and asks nothing of Twilio', async () => {
    const mails: Mail[] = [];
    const mailer = { send: async (mail: Mail) => void mails.push(mail) };
    await (await createTexting(config, { mailer, log: log() })).send(message);
    expect(mails).toEqual([
      { to: 'sms@diaspora.example', subject: `SMS to ${message.to}`, text: message.text },
    ]);
    expect([requests, logged]).toEqual([[], '']);
  });

  it('is unavailable while mail is away', async () => {
    const failure = await failureOf(
      (await createTexting(config, { mailer: nowhere, log: log() })).send(message),
    );
    expect(failure.code).toBe('UNAVAILABLE');
    expect(logged).toContain('a text message was not mailed');
    expectNothingTold(failure.shown);
  });

  it('is unavailable where nothing is configured, and says so', async () => {
    const failure = await failureOf((await textingBy({})).send(message));
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: 'Text messages are not set up here.' });
    expect(requests).toEqual([]);
  });
});
