import { defineJob, defineMessages, idType, messagesFrom, onJob } from '@diaspora/kit';
import { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { MailRequest } from './forwarding.js';

const letter = {
  invoiceId: z.string(),
  subject: z.string(),
  text: z.string(),
  file: z.object({ key: z.string().startsWith('invoices/'), name: z.string() }),
};
const messages = defineMessages('payments', {
  'invoice.mailRequested': { version: 1, schema: z.object({ userId: z.string(), ...letter }) },
});
type Letter = z.output<(typeof messages)['types']['invoice.mailRequested']['schema']>;

const payments = messagesFrom<typeof messages, Transaction>('payments');
const mailInvoice = defineJob('mailInvoice', z.object({ accountId: z.uuid(), ...letter }));
const forwardMail = defineJob('forwardMail', z.object({ mailId: z.uuid() }));

const requestOf = ({ invoiceId, ...rest }: Letter): MailRequest => ({
  ...{ mailId: idType('inv').decode(invoiceId), ...rest },
  ...{ html: null, unsubscribeUrl: null, sendBefore: null },
});

interface Dependencies {
  readonly db: Db;
  readonly take: (request: MailRequest, tx: Transaction) => Promise<void>;
  readonly forward: (mail: { readonly mailId: string }) => Promise<void>;
}

/**
 * What a version before this one left under way: invoices were asked for by a message of their own, and the old workers
 * of `forwardMail` know of no files. This file goes with the release after.
 */
export const createOlderRequests = ({ db, take, forward }: Dependencies) => ({
  handlers: [
    payments.on('invoice.mailRequested', messages.types['invoice.mailRequested'].schema, ({ data }, tx) =>
      take(requestOf(data), tx),
    ),
  ],
  jobs: {
    ...onJob(forwardMail, forward),
    ...onJob(mailInvoice, ({ accountId, ...about }) =>
      db.$transaction((tx) => take(requestOf({ userId: userIds.encode(accountId), ...about }), tx)),
    ),
  },
});
