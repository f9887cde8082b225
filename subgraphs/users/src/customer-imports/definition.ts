import { defineJob, defineLongJob } from '@diaspora/kit';
import { z } from 'zod';

export const importManyCustomers = defineLongJob('importManyCustomers', {
  input: z.object({
    organizationId: z.uuid(),
    departmentId: z.uuid(),
    uploadId: z.uuid(),
    isDryRun: z.boolean(),
    faultyRows: z.enum(['REFUSE_ALL', 'LEAVE_OUT']),
    allowDuplicates: z.boolean(),
  }),
  /** So many rows have been looked at. */
  cursor: z.object({ read: z.int() }),
  result: z.object({ imported: z.int() }),
  unit: 'rows',
});

export const removeCustomerUpload = defineJob(
  'removeCustomerUpload',
  z.object({ userId: z.uuid(), uploadId: z.uuid() }),
);

export type ImportInput = z.output<typeof importManyCustomers.input>;
export type ImportResult = z.output<typeof importManyCustomers.result>;
export type ImportCursor = z.output<typeof importManyCustomers.cursor>;
