import type { SqlTransaction } from '../messages/index.js';

/**
 * Empties what kit's own tables say about a person, who is named by any of `names` (key and public id). Messages that
 * have not left yet, and those that wait for another attempt, still have to be handled: they go with the second pass.
 */
export async function eraseOwnTables(tx: SqlTransaction, names: readonly string[]): Promise<void> {
  const patterns = names.map((name) => `%${name}%`);
  // The row keeps its place, so that the order of messages and the broker's mark hold. Nobody handles its new type.
  await tx.$executeRaw`
    UPDATE kit.outbox SET type = 'kit.erased', key = '',
      envelope = (envelope - 'requestid' - 'traceparent') || '{"type": "kit.erased", "subject": "", "data": {}}'
    WHERE sequence IS NOT NULL AND envelope::text LIKE ANY (${patterns}::text[])`;
  await tx.$executeRaw`
    DELETE FROM kit.parked_messages WHERE dead_at IS NOT NULL AND envelope::text LIKE ANY (${patterns}::text[])`;
  await tx.$executeRaw`
    DELETE FROM kit.idempotency_keys WHERE actor = ANY (${[...names]}::text[])`;
  await tx.$executeRaw`
    DELETE FROM kit.long_jobs WHERE owner_id::text = ANY (${[...names]}::text[])`;
  await tx.$executeRaw`
    DELETE FROM graphile_worker._private_jobs
    WHERE attempts >= max_attempts AND locked_at IS NULL AND payload::text LIKE ANY (${patterns}::text[])`;
}
