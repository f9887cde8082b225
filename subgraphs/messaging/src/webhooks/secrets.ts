import { randomBytes } from 'node:crypto';
import { hourMs, type Clock, type Sealer } from '@diaspora/kit';
import type { WebhookSecret } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { webhookSecretIds } from '../ids.js';

export type Secrets = ReturnType<typeof createSecrets>;

/** What webhooks are signed with. Of one webhook the newest holds, and the one before it until its end. */
export function createSecrets({ clock, sealer }: { readonly clock: Clock; readonly sealer: Sealer }) {
  /** In the form of Standard Webhooks: 256 bits. */
  async function add(tx: Transaction, webhookId: string): Promise<WebhookSecret> {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const row = { id: webhookSecretIds.create(), webhookId, createdAt: clock.now() };
    return tx.webhookSecret.create({ data: { ...row, sealed: sealer.seal(secret), hint: secret.slice(-4) } });
  }

  /** One follows the newest, which signs beside it for some hours; those before that end. Under the webhook's lock. */
  async function rotate(tx: Transaction, webhookId: string, overlapHours: number): Promise<WebhookSecret> {
    const newest = await tx.webhookSecret.findFirst({ where: { webhookId }, orderBy: { id: 'desc' } });
    await tx.webhookSecret.deleteMany({ where: { webhookId, NOT: { id: newest?.id ?? '' } } });
    const expiresAt = new Date(clock.now().getTime() + overlapHours * hourMs);
    await tx.webhookSecret.updateMany({ where: { webhookId }, data: { expiresAt } });
    return add(tx, webhookId);
  }

  const open = ({ sealed }: WebhookSecret): string => sealer.open(sealed);

  /** Those that hold, the newest first. */
  async function openAll(tx: Transaction, webhookId: string): Promise<string[]> {
    const holds = { OR: [{ expiresAt: null }, { expiresAt: { gt: clock.now() } }] };
    const rows = await tx.webhookSecret.findMany({
      where: { webhookId, ...holds },
      orderBy: { id: 'desc' },
    });
    return rows.map(open);
  }

  return { add, rotate, open, openAll };
}
