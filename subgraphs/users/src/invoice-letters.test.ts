import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { userIds } from './ids.js';
import { givenUsers } from './testing/given.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());
beforeEach(() => void users.mails.splice(0));

const file = { key: 'invoices/inv_1.pdf', name: 'DIA-2026-000001.pdf' };
const letter = { invoiceId: 'inv_1', subject: 'Your document: Invoice', text: 'It is attached.', file };
const request = (userId: string, more: object = {}) =>
  users.receive('payments', 'invoice.mailRequested', { userId, ...letter, ...more });
const work = () => users.runAdded({ name: 'mailInvoice' });

describe('an invoice of somebody who gave no address for it', () => {
  beforeAll(() =>
    users.privateStore.put(file.key, { body: Buffer.from('%PDF'), contentType: 'application/pdf' }),
  );

  it('is mailed to the account, with its document', async () => {
    const person = await users.given.person();
    await request(person.publicId);
    await work();
    expect(users.mails).toMatchObject([
      {
        to: person.email,
        subject: letter.subject,
        text: letter.text,
        attachments: [{ name: file.name, contentType: 'application/pdf' }],
        id: 'invoice:inv_1',
      },
    ]);
    expect(Buffer.from(users.mails[0]!.attachments![0]!.bytes).toString()).toBe('%PDF');
  });

  it('is mailed to nobody when the account or the document is gone', async () => {
    const person = await users.given.person();
    await request(person.publicId, { file: { ...file, key: 'invoices/inv_gone.pdf' } });
    await request(userIds.encode(userIds.create()));
    await work();
    expect(users.mails).toEqual([]);
  });

  it('is no way to other files of the store', async () => {
    const person = await users.given.person();
    await expect(request(person.publicId, { file: { key: 'exports/1.zip', name: 'x' } })).rejects.toThrow();
  });
});
