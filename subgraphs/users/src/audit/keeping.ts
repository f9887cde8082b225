import type { AuditRecord, Clock, Message } from '@diaspora/kit';
import type { AuditChain } from '../__generated__/prisma/client.js';
import type { Prisma, Transaction } from '../database.js';
import { commitmentOf, genesis, hashOf, newSalt, type Seals } from './chain.js';
import { monthOf, prepareMonth } from './months.js';

interface Dependencies {
  readonly clock: Clock;
  readonly seals: Seals;
}

type End = Pick<AuditChain, 'sequence' | 'hash' | 'recordedAt'>;

/**
 * Adds a line to the chain of its source, in the transaction that notes its message as handled. The lock on the end of the
 * chain gives lines their order. Sources have a chain each, so none waits for another.
 */
export const createKeeping =
  ({ clock, seals }: Dependencies) =>
  async (message: Message<AuditRecord>, tx: Transaction): Promise<void> => {
    const { source } = message;
    const now = clock.now();
    const before = await lockEnd(tx, { source, now, seals });
    const recordedAt = later(now, before.recordedAt);
    if (!before.recordedAt || monthOf(before.recordedAt) !== monthOf(recordedAt))
      await prepareMonth(tx, recordedAt);
    const details = detailsOf(message.data);
    const commitmentTo = (part: string) => details.find((detail) => detail.part === part)?.commitment ?? null;
    const { actor, subject, action, onBehalfOfId, personId, requestId } = message.data;
    const line = {
      id: message.id,
      source,
      sequence: before.sequence + 1n,
      action,
      actorKind: actor.kind,
      actorId: actor.id,
      onBehalfOfId,
      subjectType: subject.type,
      subjectId: subject.id,
      personId,
      requestId,
      occurredAt: message.time,
      recordedAt,
      changeCommitment: commitmentTo('CHANGE'),
      originCommitment: commitmentTo('ORIGIN'),
    };
    const end = { source, sequence: line.sequence, hash: hashOf(line, before.hash), recordedAt };
    await tx.auditEntry.create({ data: { ...line, hash: end.hash } });
    await tx.auditDetail.createMany({
      data: details.map(({ commitment: _commitment, data, ...detail }) => {
        return { ...detail, entryId: line.id, recordedAt, data: data as Prisma.InputJsonObject };
      }),
    });
    await tx.auditChain.update({ where: { source }, data: { ...end, seal: seals.end(end) } });
  };

/**
 * Where the chain of a source ends, as nobody else can move it until this transaction ends. The month comes before a new
 * chain: making it waits for whoever has added a chain, who must not wait for the month in turn.
 */
async function lockEnd(
  tx: Transaction,
  { source, now, seals }: { source: string; now: Date; seals: Seals },
): Promise<End> {
  const lock = () => tx.$executeRaw`SELECT 1 FROM audit_chains WHERE source = ${source} FOR UPDATE`;
  if ((await lock()) === 0) {
    await prepareMonth(tx, now);
    const beginning = { source, ...genesis(source), recordedAt: null };
    await tx.auditChain.createMany({
      data: [{ ...beginning, seal: seals.end(beginning) }],
      skipDuplicates: true,
    });
    await lock();
  }
  return tx.auditChain.findUniqueOrThrow({ where: { source } });
}

const later = (now: Date, before: Date | null): Date => (before && before > now ? before : now);

/** What can be erased, and whose it is: of a change the person it was about, of an address whoever came from there. */
function detailsOf({ actor, personId, before, after, reason, address, userAgent }: AuditRecord) {
  const parts = [
    { part: 'CHANGE' as const, ownerId: personId ?? actor.id, data: { before, after, reason } },
    { part: 'ORIGIN' as const, ownerId: actor.id ?? personId, data: { address, userAgent } },
  ];
  return parts
    .filter(({ data }) => Object.values(data).some((value) => value !== null))
    .map((detail) => {
      const salt = newSalt();
      return { ...detail, salt, commitment: commitmentOf(salt, detail.data) };
    });
}
