/** What the planner says of an operation with more ways to one of its fields than `pathsLimit`. */
const manyWays = /^Too many options generated/;

/** Of one that has too much below places that many subgraphs know; a limit of the planner that has no setting. */
const muchBelow = /^Number of non-local selections exceeds/;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** Whether planning failed at the limit that is a setting of ours. */
export const hasManyWays = (error: unknown): boolean => manyWays.test(messageOf(error));

/** Whether planning failed at a limit of the planner's own. */
export const isOverLimit = (error: unknown): boolean =>
  hasManyWays(error) || muchBelow.test(messageOf(error));
