import { systemClock, type Clock } from '../clock.js';
import { createOutbox, type SqlTransaction } from '../messages/index.js';
import { currentOperation } from '../operation.js';
import { unknownOrigin } from '../viewer.js';
import { auditMessages, type AuditRecord } from './messages.js';

export interface AuditEntry {
  /** What was done, as `subject.pastTense`: `office.appointed`. */
  readonly action: string;
  /** Type and public id of what it was done to. */
  readonly subject: { readonly type: string; readonly id: string };
  /** Key (uuid) of the person whose data or rights it was about. */
  readonly personId?: string | null;
  /** What changed, as it was and as it is. No secrets; names, addresses and the like are kept apart and can be erased. */
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
  readonly reason?: string | null;
  /** Default: the viewer of the operation under way; the system itself in background work. */
  readonly actorId?: string;
}

export interface Audit {
  /** Writes a line of the audit trail in the caller's transaction: it is kept if and only if that commits. */
  record(tx: SqlTransaction, entry: AuditEntry): Promise<void>;
}

/** The audit trail of one subgraph. Who acted, from where and under which request follows from the operation under way. */
export function createAudit({
  source,
  clock = systemClock,
}: {
  readonly source: string;
  readonly clock?: Clock;
}): Audit {
  const outbox = createOutbox(auditMessages(source), { clock });
  return {
    record: async (tx, { actorId, subject, ...entry }) => {
      const { origin, requestId } = currentOperation() ?? { origin: unknownOrigin, requestId: null };
      const data: AuditRecord = {
        action: entry.action,
        subject: { type: subject.type, id: subject.id },
        ...actorOf(actorId),
        personId: entry.personId ?? null,
        before: entry.before ?? null,
        after: entry.after ?? null,
        reason: entry.reason ?? null,
        requestId,
        ...origin,
      };
      await outbox.publish(tx, { type: 'audit.recorded', key: subject.id, data });
    },
  };
}

/** Of an impersonated viewer the one who really acts. */
function actorOf(given: string | undefined): Pick<AuditRecord, 'actor' | 'onBehalfOfId'> {
  const operation = currentOperation();
  const viewer = operation?.viewer;
  const self = { onBehalfOfId: null };
  if (viewer?.impersonatorId)
    return { actor: { kind: 'PERSON', id: viewer.impersonatorId }, onBehalfOfId: viewer.id };
  if (given) return { ...self, actor: { kind: 'PERSON', id: given } };
  if (viewer)
    return { ...self, actor: { kind: viewer.kind === 'service' ? 'SERVICE' : 'PERSON', id: viewer.id } };
  return { ...self, actor: { kind: operation?.cause === 'request' ? 'ANONYMOUS' : 'SYSTEM', id: null } };
}
