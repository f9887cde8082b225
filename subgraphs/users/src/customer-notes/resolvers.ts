import { pageUnder, parsePage, type SortKey } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customerIds, customerNoteIds } from '../ids.js';

const newestFirst: SortKey[] = [
  { field: 'createdAt', direction: 'desc', type: 'date' },
  { field: 'id', direction: 'desc', type: 'uuid' },
];

export const resolvers: Resolvers = {
  Customer: {
    notes: (customer, args, { services, loaders }) =>
      pageUnder(customer.id, parsePage(args, newestFirst), {
        first: loaders.firstNotesOf,
        further: (page) => services.customerNotes.listOf(customer.id, page),
      }),
  },
  Mutation: {
    addCustomerNote: changing(async ({ customerId, ...input }, { viewer, services }) => ({
      note: await services.customerNotes.add(viewer!.id, {
        ...input,
        customerId: customerIds.decode(customerId),
      }),
    })),
    updateCustomerNote: changing(async ({ noteId, ...input }, { viewer, services }) => ({
      note: await services.customerNotes.update(viewer!.id, {
        ...input,
        noteId: customerNoteIds.decode(noteId),
      }),
    })),
    removeCustomerNote: changing(async ({ noteId }, { viewer, services }) => {
      await services.customerNotes.remove(viewer!.id, customerNoteIds.decode(noteId));
      return { removedNoteId: noteId };
    }),
  },
  CustomerNote: {
    id: (note) => customerNoteIds.encode(note.id),
    author: (note, _args, { loaders }) => loaders.profile.load(note.authorId),
  },
};
