import { createHash, createHmac, randomBytes } from 'node:crypto';
import { canonicalJson } from '@diaspora/kit';
import type { AuditAnchor, AuditChain, AuditEntry } from '../__generated__/prisma/client.js';

/** A place in a chain: the last line that counts, and its hash. Hashes and seals are hexadecimal digits. */
export interface Link {
  readonly sequence: bigint;
  readonly hash: string;
}

const sha256 = (...parts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** What the first line of a chain follows. No two chains begin alike, so none passes for another. */
export const genesis = (source: string): Link => ({ sequence: 0n, hash: sha256(`audit:${source}`) });

/**
 * The hash of a line: SHA-256 over the hash before it and the line as canonical JSON (RFC 8785), in which times are ISO
 * 8601 and the sequence is decimal digits. The fields are named, so that a new column leaves old lines what they were.
 */
export function hashOf(line: Omit<AuditEntry, 'hash'>, before: string): string {
  const { id, source, action, actorKind, actorId, onBehalfOfId, subjectType, subjectId, personId } = line;
  const { requestId, occurredAt, recordedAt, changeCommitment, originCommitment } = line;
  const who = { actorKind, actorId, onBehalfOfId, personId, requestId };
  const what = { id, source, action, subjectType, subjectId, changeCommitment, originCommitment };
  return sha256(
    before,
    canonicalJson({ ...who, ...what, occurredAt, recordedAt, sequence: String(line.sequence) }),
  );
}

export const newSalt = (): string => randomBytes(16).toString('hex');

/** Binds a line to what is kept apart from it. Without the salt, which is erased with it, it tells nothing. */
export const commitmentOf = (salt: string, data: unknown): string => sha256(salt, canonicalJson(data));

type Sealed<Row> = Omit<Row, 'seal' | 'checkedAt' | 'checkedTo' | 'faults'>;

/** Seals say that a place in a chain was noted by whoever holds the key, which the database does not. */
export function createSeals(secret: string) {
  const key = createHash('sha256').update(`audit-seals:${secret}`).digest();
  const seal = (place: object): string =>
    createHmac('sha256', key).update(canonicalJson(place)).digest('hex');
  return {
    /** Of the end of a chain, as it moves. */
    end: ({ source, sequence, hash, recordedAt }: Sealed<AuditChain>) =>
      seal({ source, sequence: String(sequence), hash, recordedAt }),
    /** Of a place that stays. */
    anchor: ({ source, sequence, hash, isBase, anchoredAt }: Sealed<AuditAnchor>) =>
      seal({ source, sequence: String(sequence), hash, isBase, anchoredAt }),
  };
}

export type Seals = ReturnType<typeof createSeals>;
