import { createPool } from '@diaspora/kit';
import { PrismaPg } from '@prisma/adapter-pg';
import type { AuditChain } from '../__generated__/prisma/client.js';
import { connectDatabase, type Db } from '../database.js';
import { createSeals, type Link } from './chain.js';
import { fault, type Fault, type FaultKind } from './faults.js';
import { createTrail, type Trail } from './trail.js';

/** A place of a chain as somebody noted it elsewhere, such as in the log of seals. */
export interface Expected extends Link {
  readonly source: string;
}

interface Options {
  readonly databaseUrl: string;
  /** TOKEN_SECRET; without it seals are not checked. */
  readonly secret: string | undefined;
  readonly expected: readonly Expected[];
  readonly print: (line: string) => void;
}

const meanings: Record<FaultKind, string> = {
  ALTERED: 'is not what was recorded',
  MISSING: 'is gone',
  EXTRA: 'was not recorded there',
  DETAILS: 'has other details than were recorded, or lost them without an erasure',
  REWRITTEN: 'has another hash than was sealed',
  SEAL: 'bears a seal that is not ours',
};

/** `source:sequence:hash`, the hash in hexadecimal digits. Throws for anything else. */
export function parseExpected(text: string): Expected {
  const [, source, sequence, hash] = /^([a-z0-9-]+):(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!source || !sequence || !hash) throw new Error(`"${text}" is not source:sequence:hash`);
  return { source, sequence: BigInt(sequence), hash: hash };
}

/** Checks every line, detail and seal of the trail, whatever earlier checks found. Answers the number of faults. */
export async function verifyTrail({ databaseUrl, secret, ...options }: Options): Promise<number> {
  const pool = createPool({ url: databaseUrl, max: 2, statementTimeout: 0 });
  const db = connectDatabase(new PrismaPg(pool));
  try {
    if (!secret) options.print('Seals are not checked: TOKEN_SECRET is not set.');
    const seals = secret ? createSeals(secret) : null;
    return await verifyChains({ db, trail: createTrail({ db, seals, stretchLines: 10_000 }), ...options });
  } finally {
    await db.$disconnect();
    await pool.end();
  }
}

interface Checks extends Pick<Options, 'expected' | 'print'> {
  readonly db: Db;
  readonly trail: Trail;
}

async function verifyChains({ db, trail, expected, print }: Checks): Promise<number> {
  const chains = await db.auditChain.findMany({ orderBy: { source: 'asc' } });
  let count = 0;
  for (const chain of chains) {
    const faults = [...(await faultsOf(trail, db, chain)), ...(await unexpected(db, chain, expected))];
    print(`${chain.source}: ${chain.sequence} lines, ${faults.length > 0 ? 'TAMPERED WITH' : 'intact'}`);
    for (const { sequence, kind } of faults) print(`  line ${sequence} ${meanings[kind]}`);
    count += faults.length;
  }
  for (const { source } of expected.filter((each) => !chains.some((chain) => chain.source === each.source))) {
    print(`${source}: the whole chain is gone`);
    count += 1;
  }
  return count;
}

async function faultsOf(trail: Trail, db: Db, chain: AuditChain): Promise<Fault[]> {
  const { source } = chain;
  const faults: Fault[] = [];
  let at: Link = (await trail.baseOf(source)) ?? trail.beginningOf(source);
  const anchors = await db.auditAnchor.findMany({
    where: { source, isBase: false, sequence: { gt: at.sequence } },
    orderBy: { sequence: 'asc' },
  });
  for (const anchor of anchors) {
    faults.push(...(await trail.sealedFaults(anchor, at)));
    at = anchor;
  }
  for await (const part of trail.walk(source, at, chain.sequence)) {
    faults.push(...part.faults);
    at = part.end;
  }
  return [...faults, ...(await trail.closingFaults(chain, at))];
}

/** Places noted elsewhere that are not so here; those that were archived since are taken on trust. */
async function unexpected(db: Db, { source }: AuditChain, expected: readonly Expected[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const { sequence, hash } of expected.filter((each) => each.source === source)) {
    const line = await db.auditEntry.findFirst({ where: { source, sequence } });
    if (!line) faults.push(fault(sequence, 'MISSING'));
    else if (line.hash !== hash) faults.push(fault(sequence, 'REWRITTEN'));
  }
  return faults;
}
