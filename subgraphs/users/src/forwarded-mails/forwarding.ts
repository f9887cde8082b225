import {
  addJob,
  defineJob,
  MailNotTaken,
  messagesFrom,
  onJob,
  type Clock,
  type JobTasks,
  type Mail,
  type Mailer,
  type MessageHandler,
  type Outbox,
  type PrivateStore,
} from '@diaspora/kit';
import type { MessagingMessages } from '@diaspora/messaging/messages';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import { z } from 'zod';
import type { ForwardedMail } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { createOlderRequests } from './older.js';

const messaging = messagesFrom<MessagingMessages, Transaction>('messaging');
const payments = messagesFrom<PaymentsMessages, Transaction>('payments');

const request = z.object({
  mailId: z.uuid(),
  userId: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable(),
  // Absent in what an older version asked for.
  file: z.object({ key: z.string().startsWith('invoices/'), name: z.string() }).nullish(),
  unsubscribeUrl: z.string().nullable(),
  sendBefore: z.iso.datetime().nullable(),
});

export type MailRequest = z.output<typeof request>;

const sendForwardedMail = defineJob('sendForwardedMail', z.object({ mailId: z.uuid() }));

const mostBytes = 10 * 1_024 * 1_024;

type Outcome = 'SENT' | 'REFUSED' | 'UNDELIVERABLE' | 'UNCONFIRMED' | 'EXPIRED';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly mailer: Mailer;
  readonly privateStore: PrivateStore;
}

/**
 * Mails that others write to people whose addresses only we know. One that is to be sent before a time is tried once, and
 * whoever asked decides on more; any other is tried until it is taken.
 */
export function createForwardedMails({ db, clock, outbox, mailer, privateStore }: Dependencies) {
  const tell = async (tx: Transaction, mailId: string, outcome: Outcome): Promise<void> => {
    const data = { mailId, outcome, settledAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'mail.settled', key: mailId, data });
  };

  async function take({ mailId: id, userId, file, ...mail }: MailRequest, tx: Transaction): Promise<void> {
    const accountId = userIds.decode(userId);
    const account = await tx.account.findUnique({ where: { id: accountId, erasedAt: null } });
    if (!account) return tell(tx, id, 'UNDELIVERABLE');
    const data = { id, accountId, ...mail, ...(file && { fileKey: file.key, fileName: file.name }) };
    await tx.forwardedMail.createMany({ data, skipDuplicates: true });
    await addJob(tx, sendForwardedMail, { mailId: id });
  }

  async function forward({ mailId: id }: z.output<typeof sendForwardedMail.schema>): Promise<void> {
    const [mail] = await db.forwardedMail.updateManyAndReturn({
      where: { id, OR: [{ attemptedAt: null }, { sendBefore: null }] },
      data: { attemptedAt: clock.now() },
    });
    // Without one, an attempt was cut short, and nobody knows when in it.
    const outcome = mail ? await send(mail) : 'UNCONFIRMED';
    await db.$transaction(async (tx) => {
      const { count } = await tx.forwardedMail.deleteMany({ where: { id } });
      if (count > 0) await tell(tx, id, outcome);
    });
  }

  async function send(forwarded: ForwardedMail): Promise<Outcome> {
    const { sendBefore } = forwarded;
    if (sendBefore && sendBefore <= clock.now()) return 'EXPIRED';
    const mail = await addressed(forwarded);
    if (!mail) return 'UNDELIVERABLE';
    try {
      await mailer.send(mail);
      return 'SENT';
    } catch (error) {
      const outcome = outcomeOf(error);
      if (!sendBefore && outcome !== 'UNDELIVERABLE') throw error;
      return outcome;
    }
  }

  /** Null when there is nobody to mail it to, or nothing to mail. */
  async function addressed({ accountId, fileKey, ...mail }: ForwardedMail): Promise<Mail | null> {
    const where = { id: accountId, erasedAt: null, NOT: { emailVerifiedAt: null } };
    const account = await db.account.findUnique({ where });
    if (!account || (account.suspendedAt && mail.sendBefore)) return null;
    const file = fileKey && (await privateStore.read(fileKey, mostBytes));
    if (fileKey && !file) return null;
    const { id, subject, text, html, fileName: name, unsubscribeUrl } = mail;
    return {
      ...{ to: account.email, subject, text, id: `forwarded:${id}` },
      ...(html !== null && { html }),
      ...(file && { attachments: [{ name: name!, contentType: 'application/pdf', bytes: file.bytes }] }),
      ...(unsubscribeUrl !== null && { unsubscribeUrl }),
    };
  }

  const older = createOlderRequests({ db, take, forward });
  const handlers: MessageHandler<Transaction>[] = [
    messaging.on('mail.requested', request, ({ data }, tx) => take(data, tx)),
    payments.on('mail.requested', request, ({ data }, tx) => take(data, tx)),
    ...older.handlers,
  ];
  const jobs: JobTasks = { ...onJob(sendForwardedMail, forward), ...older.jobs };
  return { handlers, jobs };
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof MailNotTaken)) return 'UNCONFIRMED';
  if (error.mayHaveArrived) return 'UNCONFIRMED';
  return error.isFinal ? 'UNDELIVERABLE' : 'REFUSED';
}
