import { defineJob, defineLongJob } from '@diaspora/kit';
import { z } from 'zod';
import { customerFilter } from '../customers/index.js';

/** The file is kept that long. */
export const keptDays = 7;

/** Without a cursor: a file is written from its beginning, or not at all. */
export const exportManyCustomers = defineLongJob('exportManyCustomers', {
  input: z.object({ organizationId: z.uuid(), filter: customerFilter }),
  /** Whose customers the file has: whoever takes it away has to reach each of them. */
  result: z.object({ departmentIds: z.array(z.uuid()) }),
  unit: 'customers',
  keepDays: keptDays,
});

export const removeCustomerExport = defineJob('removeCustomerExport', z.object({ id: z.uuid() }));

export type ExportInput = z.output<typeof exportManyCustomers.input>;
export type ExportResult = z.output<typeof exportManyCustomers.result>;
