import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { SMTPServer } from 'smtp-server';
import type { Mail, MailStore } from './mail-store.js';
import { createMailStore } from './mail-store.js';
import { createSmtpServer } from './smtp.js';
import { createWebServer } from './web.js';

export type { Mail } from './mail-store.js';

export type MailboxOptions = {
  /** 0 picks a free one. */
  smtpPort: number;
  /** 0 picks a free one. */
  webPort: number;
  /** Where mails are kept as .eml files; created when missing. */
  dir: string;
  /** The address both servers listen on. Defaults to 127.0.0.1. */
  smtpHost?: string;
  /** How many mails are kept; the oldest go first. Defaults to 1,000. */
  limit?: number;
  clock?: () => Date;
  /** Told of faults of the mailbox itself. Defaults to a process warning. */
  onError?: (error: unknown) => void;
};

export type MailQuery = {
  /** The recipient's address, in any case. */
  to: string;
  /** Only mails received after this instant; the `receivedAt` of a mail skips that mail and those before it. */
  after?: Date | string;
  /** Milliseconds to wait before failing. Defaults to 60,000. */
  timeoutMs?: number;
};

export type Mailbox = {
  smtpUrl: string;
  url: string;
  /** The newest mail that fits, waiting for one when there is none. Rejects after the timeout and on stop. */
  waitForMail(query: MailQuery): Promise<Mail>;
  stop(): Promise<void>;
};

const host = '127.0.0.1';

/** Starts a mail server that keeps what it gets, and a page to read it. For development and tests. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { dir, limit = 1000, clock = () => new Date(), smtpHost = host } = options;
  const onError =
    options.onError ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error)));
  const store = await createMailStore({ dir, limit, clock });
  const smtp = createSmtpServer({ deliver: store.add, onError });
  const web = createWebServer({ store, onError });
  const waiting = new AbortController();
  await listen(smtp.server, { name: 'Mailbox (SMTP)', port: options.smtpPort, host: smtpHost });
  try {
    await listen(web, { name: 'Mailbox (web)', port: options.webPort, host });
  } catch (error) {
    await closeSmtp(smtp);
    throw error;
  }
  return {
    smtpUrl: `smtp://${smtpHost}:${portOf(smtp.server)}`,
    url: `http://${host}:${portOf(web)}`,
    waitForMail: (query) => waitForMail(store, query, waiting.signal),
    stop: async () => {
      waiting.abort();
      await Promise.all([closeSmtp(smtp), closeWeb(web)]);
    },
  };
}

function waitForMail(store: MailStore, query: MailQuery, stopped: AbortSignal): Promise<Mail> {
  const { to, after, timeoutMs = 60_000 } = query;
  const isWanted = (mail: Mail) =>
    after === undefined || Date.parse(mail.receivedAt) > new Date(after).getTime();
  const find = () => store.list({ to }).find(isWanted);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      stopped.removeEventListener('abort', onStop);
      settle();
    };
    const check = () => {
      const mail = find();
      if (mail) finish(() => resolve(mail));
    };
    const onStop = () => finish(() => reject(new Error(`The mailbox stopped before a mail to ${to} came`)));
    const onTimeout = () => finish(() => reject(new Error(`No mail to ${to} within ${timeoutMs} ms`)));
    const timer = setTimeout(onTimeout, timeoutMs);
    const unsubscribe = store.onMail(check);
    stopped.addEventListener('abort', onStop);
    if (stopped.aborted) onStop();
    else check();
  });
}

function listen(server: NetServer, at: { name: string; port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`${at.name}: port ${at.port} on ${at.host} is already in use`) : error);
    };
    server.once('error', onError);
    server.listen(at.port, at.host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function portOf(server: NetServer): number {
  return (server.address() as AddressInfo).port;
}

function closeSmtp(smtp: SMTPServer): Promise<void> {
  return new Promise((resolve) => smtp.close(() => resolve()));
}

/** Pages are short: whoever still holds a connection is a browser keeping it open. */
function closeWeb(web: Server): Promise<void> {
  return new Promise((resolve) => {
    web.close(() => resolve());
    web.closeAllConnections();
  });
}
