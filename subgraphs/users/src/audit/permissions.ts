import { carriers, hasRole, inPerson, type PermissionMap } from '@diaspora/kit';

/** Lines are reached by `auditEntries` only, which decides which and notes who read them. */
export const permissions: PermissionMap = {
  Query: { auditEntries: hasRole('SUPER_USER', 'AMBASSADOR'), auditChainStatus: hasRole('SUPER_USER') },
  User: { securityEvents: inPerson },
  ...carriers('AuditEntry', 'AuditEntryConnection', 'AuditEntryEdge', 'AuditActor', 'AuditSubject'),
  ...carriers('AuditChange', 'AuditOrigin', 'AuditChainStatus', 'AuditFault'),
  ...carriers('SecurityEvent', 'SecurityEventConnection', 'SecurityEventEdge'),
};
