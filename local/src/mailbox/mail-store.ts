import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Attachment, Email } from 'postal-mime';
import PostalMime from 'postal-mime';

export type Mail = {
  /** Sorts by time of arrival. */
  id: string;
  from: string;
  /** Everyone it was delivered to, blind copies included. */
  to: string[];
  subject: string;
  /** ISO 8601; no two mails share one. */
  receivedAt: string;
  text: string;
};
export type MailContent = Mail & { html: string | undefined; attachments: Attachment[] };
export type Envelope = { from: string; to: string[] };
export type MailStore = Awaited<ReturnType<typeof createMailStore>>;

/** Mails as .eml files in a folder, the newest `limit` of them. */
export async function createMailStore({
  dir,
  limit,
  clock,
}: {
  dir: string;
  limit: number;
  clock: () => Date;
}) {
  await mkdir(dir, { recursive: true });
  const mails = await load(dir, limit);
  const listeners = new Set<(mail: Mail) => void>();
  let lastTime = mails.at(-1) ? Date.parse(mails.at(-1)?.receivedAt ?? '') : 0;
  let queue: Promise<unknown> = Promise.resolve();

  /** Keeps a mail; mails are kept in the order of these calls. */
  function add(raw: Buffer, envelope: Envelope): Promise<Mail> {
    const result = queue.then(() => keep(raw, envelope));
    queue = result.catch(() => undefined);
    return result;
  }

  async function keep(raw: Buffer, envelope: Envelope): Promise<Mail> {
    lastTime = Math.max(clock().getTime(), lastTime + 1);
    const id = new Date(lastTime).toISOString().replace(/[-:.]/g, '');
    const complete = Buffer.concat([envelopeHeaders(envelope), raw]);
    const mail = summarize(id, await PostalMime.parse(complete));
    await writeFile(`${filePath(dir, id)}.part`, complete);
    await rename(`${filePath(dir, id)}.part`, filePath(dir, id));
    mails.push(mail);
    for (const old of mails.splice(0, Math.max(0, mails.length - limit))) {
      await rm(filePath(dir, old.id), { force: true });
    }
    for (const listener of listeners) listener(mail);
    return mail;
  }

  /** Newest first; all of them, or those delivered to one address (`to`) or to one that contains a text. */
  function list(filter: { to?: string; containing?: string } = {}): Mail[] {
    const to = filter.to?.trim().toLowerCase();
    const part = filter.containing?.trim().toLowerCase();
    const isWanted = (address: string) =>
      (to === undefined || address.toLowerCase() === to) &&
      (part === undefined || address.toLowerCase().includes(part));
    return mails.filter((mail) => mail.to.some(isWanted)).reverse();
  }

  async function read(id: string): Promise<MailContent | undefined> {
    const mail = mails.find((each) => each.id === id);
    if (!mail) return undefined;
    const email = await PostalMime.parse(await readFile(filePath(dir, id)));
    return { ...mail, html: email.html, attachments: email.attachments };
  }

  async function readRaw(id: string): Promise<Buffer | undefined> {
    return mails.some((mail) => mail.id === id) ? readFile(filePath(dir, id)) : undefined;
  }

  /** Calls back for each mail from now on; answers with the way to end that. */
  function onMail(listener: (mail: Mail) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  return { add, list, read, readRaw, onMail };
}

async function load(dir: string, limit: number): Promise<Mail[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{8}T\d{9}Z\.eml$/.test(name)).sort();
  const ids = names.map((name) => path.basename(name, '.eml'));
  for (const id of ids.splice(0, Math.max(0, ids.length - limit)))
    await rm(filePath(dir, id), { force: true });
  const mails: Mail[] = [];
  for (const id of ids) mails.push(summarize(id, await PostalMime.parse(await readFile(filePath(dir, id)))));
  return mails;
}

function filePath(dir: string, id: string): string {
  return path.join(dir, `${id}.eml`);
}

/** The envelope is in no mail; as its first headers it survives a restart, and a forged copy comes later. */
function envelopeHeaders({ from, to }: Envelope): Buffer {
  return Buffer.from(`X-Envelope-From: ${from}\r\nX-Envelope-To: ${to.join(' ')}\r\n`);
}

function summarize(id: string, email: Email): Mail {
  const header = (name: string) => email.headers.find(({ key }) => key === name)?.value ?? '';
  return {
    id,
    from: email.from?.address ?? header('x-envelope-from'),
    to: header('x-envelope-to').split(/\s+/).filter(Boolean),
    subject: email.subject ?? '',
    receivedAt: id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'),
    text: email.text ?? '',
  };
}
