/** The action of a line of the audit trail. */
export type AuditAction = `${string}.${string}`;

/** Under which action (or actions) a mutation leaves a line in the audit trail, or why it leaves none. */
export type AuditDecision = AuditAction | readonly AuditAction[] | { readonly notAudited: string };

/**
 * One decision for each mutation of a subgraph, given the generated type of its root: a mutation that nobody decided on
 * does not compile.
 */
export type AuditDecisions<Mutation> = {
  readonly [Name in Exclude<keyof Mutation, '__typename'>]-?: AuditDecision;
};
