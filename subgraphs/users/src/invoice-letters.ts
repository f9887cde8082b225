import { addJob, defineJob, messagesFrom, onJob, type Mailer, type PrivateStore } from '@diaspora/kit';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import { z } from 'zod';
import type { Db, Transaction } from './database.js';
import { userIds } from './ids.js';

const payments = messagesFrom<PaymentsMessages, Transaction>('payments');

const letter = { invoiceId: z.string(), subject: z.string(), text: z.string() };
const file = z.object({ key: z.string().startsWith('invoices/'), name: z.string() });
const mailInvoice = defineJob('mailInvoice', z.object({ accountId: z.uuid(), ...letter, file }));

type Letter = z.output<(typeof mailInvoice)['schema']>;

const mostBytes = 10 * 1_024 * 1_024;

/** Invoices of people who gave no address for them: payments writes them, and where they go does not leave here. */
export function createInvoiceLetters(dependencies: { db: Db; mailer: Mailer; privateStore: PrivateStore }) {
  const { db, mailer, privateStore } = dependencies;

  /** The job. An attempt that is repeated sends the same mail. */
  async function send({ accountId, invoiceId, subject, text, file: { key, name } }: Letter): Promise<void> {
    const account = await db.account.findUnique({
      where: { id: accountId, erasedAt: null, emailVerifiedAt: { not: null } },
    });
    const document = account && (await privateStore.read(key, mostBytes));
    if (!document) return;
    const attachments = [{ name, contentType: 'application/pdf', bytes: document.bytes }];
    await mailer.send({ to: account.email, subject, text, attachments, id: `invoice:${invoiceId}` });
  }

  const requested = z.object({ userId: z.string(), ...letter, file });
  return {
    handlers: [
      payments.on('invoice.mailRequested', requested, async ({ data: { userId, ...about } }, tx) => {
        await addJob(tx, mailInvoice, { accountId: userIds.decode(userId), ...about });
      }),
    ],
    jobs: onJob(mailInvoice, send),
  };
}
