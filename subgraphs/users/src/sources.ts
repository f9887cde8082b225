/** Every subgraph: who writes to the audit trail, and who answers for the personal data it keeps. */
export const sources = ['users', 'events', 'content', 'messaging', 'payments', 'search'] as const;
