import type { Mail } from '@diaspora/kit';
import { auditLines, aViewer, personalDataOf } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invoiceIds } from '../ids.js';
import { givenPayments } from '../testing/given.js';
import { chief, givenInvoices, updateBillingDetails } from '../testing/invoices.js';
import { documentKey } from './documents.js';

const documentQuery = `query ($id: ID!) { invoice(id: $id) { document { url fileName expiresAt } recipient { name } } }`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenInvoices>;
let isAway = false;
let mails: Mail[] = [];
beforeAll(async () => {
  const send = async (mail: Mail) => {
    if (isAway) throw new Error('The SMTP server is away.');
    mails.push(mail);
  };
  payments = await givenPayments({ mailer: { send } });
  given = givenInvoices(payments);
});
afterAll(() => payments.stop());

async function reader(profile = {}) {
  const person = await given.customer(profile);
  const input = { expectedVersion: 0, email: 'billing@example.org' };
  await payments.as(person.viewer).execute(updateBillingDetails, { input });
  mails = [];
  return person;
}

const deliver = (id: string) => payments.jobs.runTask('deliverInvoice', { invoiceId: invoiceIds.decode(id) });

describe('the document of an invoice', () => {
  it('is stored and mailed in the language of the person, once however often the job runs', async () => {
    const { viewer, publicId } = await reader({ languages: ['tlh', 'ro-RO', 'en'] });
    const { id, number } = await given.finalised(publicId);
    await payments.jobs.drain('deliverInvoice');
    const stored = payments.privateStore.objects.get(documentKey(invoiceIds.decode(id)))!;
    await deliver(id);
    await deliver(id);
    expect(mails).toMatchObject([
      {
        to: 'billing@example.org',
        subject: `Documentul dumneavoastră: Factură ${number}`,
        attachments: [{ name: `${number}.pdf` }],
      },
    ]);
    expect(Buffer.from(mails[0]!.attachments![0]!.bytes).equals(stored.bytes)).toBe(true);
    const { data } = await payments.as(viewer).execute(documentQuery, { id });
    expect(data.invoice.document).toMatchObject({
      fileName: `${number}.pdf`,
      url: expect.stringContaining('seconds=300'),
    });
  });

  it('is mailed by users to the account of who gave no address, asked for once however often the job runs', async () => {
    mails = [];
    const { publicId } = await given.customer({ languages: ['fr'] });
    const { id, number } = await given.finalised(publicId);
    for (let time = 0; time < 2; time += 1) await deliver(id);
    const asked = await payments.db.$queryRaw<{ data: unknown }[]>`
      SELECT envelope -> 'data' AS data FROM kit.outbox WHERE key = ${publicId} AND type = 'mail.requested'`;
    const key = documentKey(invoiceIds.decode(id));
    expect(payments.privateStore.objects.has(key)).toBe(true);
    expect(asked).toEqual([
      {
        data: {
          mailId: invoiceIds.decode(id),
          userId: publicId,
          namedIds: [],
          subject: `Votre document : Facture ${number}`,
          text: expect.any(String),
          html: null,
          file: { key, name: `${number}.pdf` },
          unsubscribeUrl: null,
          sendBefore: null,
        },
      },
    ]);
    expect(mails).toEqual([]);
  });

  it('is mailed later when the server is away', async () => {
    const { publicId } = await reader();
    const { id } = await given.finalised(publicId);
    isAway = true;
    await expect(deliver(id)).rejects.toThrow('away');
    isAway = false;
    await payments.jobs.drain('deliverInvoice');
    expect(mails).toHaveLength(1);
  });

  it('is opened by super users on record, and by nobody else', async () => {
    const { publicId } = await given.customer();
    const { id } = await given.finalised(publicId);
    await payments.jobs.drain('deliverInvoice');
    for (const viewer of [null, aViewer(), aViewer({ roles: ['AMBASSADOR'] })])
      expect((await payments.as(viewer).execute(documentQuery, { id })).data).toEqual({ invoice: null });
    const { data } = await payments.as(chief).execute(documentQuery, { id });
    expect(data.invoice.document.url).toContain(id);
    expect((await auditLines(payments.db, id)).at(-1)).toMatchObject({
      action: 'invoice.opened',
      actor: { id: chief.id },
    });
  });
});

describe('a person who is gone', () => {
  const dataOf = () => personalDataOf(payments.subgraph.jobs!, payments.privateStore);

  it('is taken off invoices in the name of the profile, and their documents are written anew', async () => {
    const { viewer, publicId } = await reader({ displayName: 'Ileana Cosânzeana' });
    const { id, number } = await given.finalised(publicId);
    await given.drafted(publicId);
    await payments.jobs.drain('deliverInvoice');
    const before = payments.privateStore.objects.get(documentKey(invoiceIds.decode(id)))!;
    await dataOf().erase(viewer.id);
    await payments.jobs.drain('deliverInvoice');
    const after = payments.privateStore.objects.get(documentKey(invoiceIds.decode(id)))!;
    expect(Buffer.from(after.bytes).equals(before.bytes)).toBe(false);
    expect(mails).toHaveLength(1);
    expect(await payments.db.invoice.findMany({ where: { customerId: viewer.id } })).toMatchObject([
      { number },
    ]);
    const { data } = await payments.as(chief).execute(documentQuery, { id });
    expect(data.invoice.recipient).toBeNull();
    expect(await payments.db.customer.count({ where: { userId: viewer.id } })).toBe(0);
    expect(await payments.db.billingDetails.count({ where: { userId: viewer.id } })).toBe(0);
  });

  it('stays on invoices for which they gave details until the end of the tenth year after', async () => {
    const { viewer, publicId } = await given.customer();
    const input = { expectedVersion: 0, name: 'Cosânzeana SRL', address: 'Iași 1', taxId: 'RO99' };
    await payments.as(viewer).execute(updateBillingDetails, { input });
    const { id } = await given.finalised(publicId);
    const { records } = await dataOf().exported(viewer.id);
    expect(records['invoices']).toMatchObject([{ id, recipient: { name: 'Cosânzeana SRL' } }]);
    expect(records['billing']).toMatchObject([{ details: { taxId: 'RO99' } }]);
    await dataOf().erase(viewer.id);
    const nameOn = async () =>
      (await payments.as(chief).execute(documentQuery, { id })).data.invoice.recipient?.name;
    const on = async (day: string) => {
      payments.clock.advance(Date.parse(day) - payments.clock.now().getTime());
      await payments.jobs.runTask('eraseOldRecipients');
      return nameOn();
    };
    expect(await on('2036-12-31T12:00:00Z')).toBe('Cosânzeana SRL');
    expect(await on('2037-01-01T00:00:00Z')).toBeUndefined();
  });
});
