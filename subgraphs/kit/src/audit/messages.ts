import { z } from 'zod';
import { defineMessages } from '../messages/index.js';

const state = z.record(z.string(), z.unknown()).nullable();

/** One line of the audit trail, as it travels. Persons are named by their keys (uuid). */
export const auditRecord = z.object({
  /** What was done, as `subject.pastTense`: `office.appointed`. */
  action: z.string().min(1).max(100),
  actor: z.object({
    kind: z.enum(['PERSON', 'SERVICE', 'ANONYMOUS', 'SYSTEM']),
    id: z.uuid().nullable(),
  }),
  /** As whom the actor acted, when that is somebody else. */
  onBehalfOfId: z.uuid().nullable(),
  subject: z.object({ type: z.string().min(1).max(60), id: z.string().min(1).max(200) }),
  /** Whose data or rights it was about. */
  personId: z.uuid().nullable(),
  before: state,
  after: state,
  reason: z.string().max(2_000).nullable(),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});

export type AuditRecord = z.output<typeof auditRecord>;

/** What every subgraph publishes about what was done in it; users keeps the trail. */
export const auditMessages = <Source extends string>(source: Source) =>
  defineMessages(source, { 'audit.recorded': { version: 1, schema: auditRecord } });

export type AuditMessages<Source extends string = string> = ReturnType<typeof auditMessages<Source>>;
