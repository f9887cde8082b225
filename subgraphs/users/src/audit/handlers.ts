import { auditRecord, messagesFrom, type AuditMessages } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { sources } from '../sources.js';
import { createKeeping } from './keeping.js';

/** Gathers what all subgraphs recorded, this one included. */
export function createAuditHandlers(dependencies: Parameters<typeof createKeeping>[0]) {
  const keep = createKeeping(dependencies);
  return sources.map((source) =>
    messagesFrom<AuditMessages, Transaction>(source).on('audit.recorded', auditRecord, keep),
  );
}
