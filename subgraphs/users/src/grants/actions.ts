import { AppError } from '@diaspora/kit';
import { builtInActions } from '../authority/index.js';
import type { Transaction } from '../database.js';

/** Throws INVALID_INPUT for an action that the organization does not have; those `known` before are left alone. */
export async function assertKnownActions(
  tx: Transaction,
  organizationId: string,
  actions: readonly string[],
  path: string,
  known: readonly string[] = [],
): Promise<void> {
  const own = actions.filter((action) => !(action in builtInActions) && !known.includes(action));
  if (own.length === 0) return;
  const nodes = await tx.organizationNode.findMany({
    where: { organizationId, action: { in: own } },
    select: { action: true },
  });
  const missing = own.find((action) => nodes.every((node) => node.action !== action));
  if (missing)
    throw new AppError('INVALID_INPUT', `The organization has no action “${missing}”.`, { path: [path] });
}
