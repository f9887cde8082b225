import type { AuditRecord } from '../audit/index.js';
import type { SqlTransaction } from '../messages/index.js';

/** Lines of the audit trail about one subject (its public id), oldest first, as a subgraph wrote them. */
export async function auditLines(
  db: Pick<SqlTransaction, '$queryRaw'>,
  subjectId: string,
): Promise<AuditRecord[]> {
  const rows = await db.$queryRaw<{ data: AuditRecord }[]>`
    SELECT envelope -> 'data' AS data FROM kit.outbox
    WHERE type = 'audit.recorded' AND key = ${subjectId} ORDER BY position`;
  return rows.map(({ data }) => data);
}
