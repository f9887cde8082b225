export { createAudit, type Audit, type AuditEntry } from './audit.js';
export type { AuditAction, AuditDecision, AuditDecisions } from './decisions.js';
export { auditMessages, auditRecord, type AuditMessages, type AuditRecord } from './messages.js';
