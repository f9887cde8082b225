import { AppError } from '@diaspora/kit';
import type { Transaction } from '../database.js';

const lastOwner = (name: string) =>
  new AppError(
    'CONFLICT',
    `“${name}” would be without an owner. Make somebody else an owner first, or close it.`,
  );

/**
 * Throws CONFLICT when an organization, one or any, would be without an owner who can sign in if this person were none.
 * It locks what it looks at until the transaction ends, in one order: of two owners who go at once the second is refused.
 * Whoever ends, suspends or erases an account asks it first, in the same transaction.
 */
export async function assertNotLastOwner(
  tx: Transaction,
  userId: string,
  organizationId: string | null = null,
): Promise<void> {
  await tx.$executeRaw`
    SELECT 1 FROM organizations organization
    WHERE closed_at IS NULL AND (${organizationId}::uuid IS NULL OR id = ${organizationId}::uuid)
      AND EXISTS (SELECT 1 FROM organization_members owner
        WHERE owner.organization_id = organization.id AND owner.user_id = ${userId}::uuid AND owner.is_owner)
    ORDER BY id FOR NO KEY UPDATE`;
  const [orphan] = await tx.$queryRaw<{ name: string }[]>`
    SELECT organization.name FROM organization_members mine
    JOIN organizations organization ON organization.id = mine.organization_id AND organization.closed_at IS NULL
    WHERE mine.user_id = ${userId}::uuid AND mine.is_owner
      AND (${organizationId}::uuid IS NULL OR mine.organization_id = ${organizationId}::uuid)
      AND NOT EXISTS (
        SELECT 1 FROM organization_members other JOIN accounts account ON account.id = other.user_id
        WHERE other.organization_id = mine.organization_id AND other.is_owner AND other.user_id <> mine.user_id
          AND account.email_verified_at IS NOT NULL AND account.suspended_at IS NULL)
    ORDER BY organization.id LIMIT 1`;
  if (orphan) throw lastOwner(orphan.name);
}
