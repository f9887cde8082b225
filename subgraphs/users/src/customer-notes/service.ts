import { AppError, idempotencyKey, idempotent, parseInput, text, type Clock, type Page } from '@diaspora/kit';
import { z } from 'zod';
import type { Customer, CustomerNote } from '../__generated__/prisma/client.js';
import { recordActivities, type CustomerAccess, type Customers } from '../customers/index.js';
import type { Db, Transaction } from '../database.js';
import { customerNoteIds } from '../ids.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: CustomerAccess;
  readonly customers: Customers;
}

/** Of one customer. */
const maxNotes = 1_000;
const words = text({ max: 4_000 });
const newNote = z.object({ idempotencyKey: idempotencyKey(), text: words });
const noteChange = z.object({ text: words });

const noSuchNote = () => new AppError('NOT_FOUND', 'There is no such note.', { path: ['noteId'] });

export function createCustomerNotes({ db, clock, access, customers }: Dependencies) {
  const record = customers.recorderOf('noteId', customerNoteIds);

  async function add(
    userId: string,
    { customerId, ...given }: { customerId: string },
  ): Promise<CustomerNote> {
    const { idempotencyKey: key, text: said } = parseInput(newNote, given);
    const found = await access.find(userId, customerId, { action: 'customers.write' });
    const call = { actor: userId, operation: 'addCustomerNote', key, request: { customerId, said } };
    const { id } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ id: await insert(tx, userId, found, said) })),
    );
    return db.customerNote.findUniqueOrThrow({ where: { id } });
  }

  /** The customer's row is locked: adding in parallel does not get past the limit, nor to one that is merged meanwhile. */
  async function insert(tx: Transaction, userId: string, customer: Customer, said: string): Promise<string> {
    await access.lock(tx, [customer]);
    const { id: customerId } = customer;
    if ((await tx.customerNote.count({ where: { customerId } })) >= maxNotes)
      throw new AppError('CONFLICT', `A customer has no more than ${maxNotes} notes.`);
    const id = customerNoteIds.create();
    const at = clock.now();
    await tx.customerNote.create({
      data: { id, customerId, authorId: userId, text: said, createdAt: at, updatedAt: at },
    });
    await recordActivities(tx, [{ customerId, kind: 'NOTE_ADDED', actorId: userId, happenedAt: at }]);
    await record(tx, customerId, 'customerNote.added', id);
    return id;
  }

  async function update(
    userId: string,
    { noteId, expectedVersion, ...given }: { noteId: string; expectedVersion: number },
  ): Promise<CustomerNote> {
    const { text: said } = parseInput(noteChange, given);
    const note = await db.customerNote.findUnique({ where: { id: noteId } });
    if (!note) throw noSuchNote();
    const found = await access.find(userId, note.customerId, { action: 'customers.write', path: 'noteId' });
    if (note.authorId !== userId) throw new AppError('FORBIDDEN', 'Notes are changed by who wrote them.');
    return db.$transaction(async (tx) => {
      const before = await lock(tx, found, noteId);
      if (before.version !== expectedVersion) {
        throw new AppError('CONFLICT', 'The note has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { note: before },
        });
      }
      const states = { before: { text: before.text }, after: { text: said } };
      await record(tx, before.customerId, 'customerNote.changed', noteId, states);
      const data = { text: said, updatedAt: clock.now(), version: { increment: 1 } };
      return tx.customerNote.update({ where: { id: noteId }, data });
    });
  }

  async function remove(userId: string, noteId: string): Promise<void> {
    const note = await db.customerNote.findUnique({ where: { id: noteId } });
    if (!note) throw noSuchNote();
    const action = note.authorId === userId ? 'customers.write' : 'customers.delete';
    const found = await access.find(userId, note.customerId, { action, path: 'noteId' });
    await db.$transaction(async (tx) => {
      const { customerId, text: said } = await lock(tx, found, noteId);
      await tx.customerNote.delete({ where: { id: noteId } });
      await record(tx, customerId, 'customerNote.removed', noteId, { before: { text: said } });
    });
  }

  /** The note as it is now, with its customer locked; one that was merged meanwhile is found with the next try. */
  async function lock(tx: Transaction, customer: Customer, noteId: string): Promise<CustomerNote> {
    await access.lock(tx, [customer]);
    const note = await tx.customerNote.findFirst({ where: { id: noteId, customerId: customer.id } });
    if (!note) throw noSuchNote();
    return note;
  }

  const listOf = (customerId: string, page: Page): Promise<CustomerNote[]> =>
    db.customerNote.findMany({
      where: { AND: [{ customerId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { add, update, remove, listOf };
}
