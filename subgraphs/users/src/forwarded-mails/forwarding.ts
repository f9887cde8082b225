import {
  addJob,
  defineJob,
  MailNotTaken,
  messagesFrom,
  onJob,
  type Clock,
  type JobTasks,
  type Mailer,
  type MessageHandler,
  type Outbox,
} from '@diaspora/kit';
import type { MessagingMessages } from '@diaspora/messaging/messages';
import { z } from 'zod';
import type { ForwardedMail } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';

const messaging = messagesFrom<MessagingMessages, Transaction>('messaging');

const request = z.object({
  mailId: z.uuid(),
  userId: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  unsubscribeUrl: z.string().nullable(),
  sendBefore: z.coerce.date(),
});

const forwardMail = defineJob('forwardMail', z.object({ mailId: z.uuid() }));

type Outcome = 'SENT' | 'REFUSED' | 'UNDELIVERABLE' | 'UNCONFIRMED' | 'EXPIRED';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly mailer: Mailer;
}

/** Mails that others write to people whose addresses only we know. Each is tried once: whoever asked decides on more. */
export function createForwardedMails({ db, clock, outbox, mailer }: Dependencies) {
  const tell = async (tx: Transaction, mailId: string, outcome: Outcome): Promise<void> => {
    const data = { mailId, outcome, settledAt: clock.now().toISOString() };
    await outbox.publish(tx, { type: 'mail.settled', key: mailId, data });
  };

  async function take({ mailId: id, userId, ...mail }: z.output<typeof request>, tx: Transaction) {
    const accountId = userIds.decode(userId);
    const account = await tx.account.findUnique({ where: { id: accountId, erasedAt: null } });
    if (!account) return tell(tx, id, 'UNDELIVERABLE');
    await tx.forwardedMail.create({ data: { id, accountId, ...mail } });
    await addJob(tx, forwardMail, { mailId: id });
  }

  async function forward({ mailId: id }: z.output<typeof forwardMail.schema>): Promise<void> {
    const [mail] = await db.forwardedMail.updateManyAndReturn({
      where: { id, attemptedAt: null },
      data: { attemptedAt: clock.now() },
    });
    // Without one, an attempt was cut short, and nobody knows when in it.
    const outcome = mail ? await send(mail) : 'UNCONFIRMED';
    await db.$transaction(async (tx) => {
      const { count } = await tx.forwardedMail.deleteMany({ where: { id } });
      if (count > 0) await tell(tx, id, outcome);
    });
  }

  async function send({ id, accountId, subject, text, html, ...mail }: ForwardedMail): Promise<Outcome> {
    if (mail.sendBefore <= clock.now()) return 'EXPIRED';
    const where = { id: accountId, erasedAt: null, suspendedAt: null, NOT: { emailVerifiedAt: null } };
    const account = await db.account.findUnique({ where });
    if (!account) return 'UNDELIVERABLE';
    const { unsubscribeUrl } = mail;
    const letter = { subject, text, html, ...(unsubscribeUrl !== null && { unsubscribeUrl }) };
    return mailer.send({ to: account.email, ...letter, id: `forwarded:${id}` }).then(
      () => 'SENT',
      (error: unknown) => outcomeOf(error),
    );
  }

  const handlers: MessageHandler<Transaction>[] = [
    messaging.on('mail.requested', request, ({ data }, tx) => take(data, tx)),
  ];
  const jobs: JobTasks = onJob(forwardMail, forward);
  return { handlers, jobs };
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof MailNotTaken)) return 'UNCONFIRMED';
  if (error.mayHaveArrived) return 'UNCONFIRMED';
  return error.isFinal ? 'UNDELIVERABLE' : 'REFUSED';
}
