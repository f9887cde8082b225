import type { AuditDecisions } from '@diaspora/kit';
import type { Mutation } from './__generated__/schema.js';

/** Which mutations leave a line in the audit trail, under which action, and why the others do not. */
export const audited: AuditDecisions<Mutation> = {
  openDirectConversation: { notAudited: 'private correspondence is nobody else’s to read about' },
  sendMessage: { notAudited: 'private correspondence is nobody else’s to read about' },
  markConversationRead: { notAudited: 'private correspondence is nobody else’s to read about' },
  markNotificationsRead: { notAudited: 'what one has read is one’s own' },
};
