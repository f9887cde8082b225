import { defineJob, onJob, type Audit, type Clock, type JobTasks, type MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { createArchiving } from './archiving.js';
import { createSeals } from './chain.js';
import { createChecking } from './checking.js';
import { createErasing, type Erasing } from './erasing.js';
import { createAuditHandlers } from './handlers.js';
import { createAuditTrail, type AuditTrail } from './service.js';

const checkAuditTrail = defineJob('checkAuditTrail', z.object({}));
const keepAuditMonths = defineJob('keepAuditMonths', z.object({}));

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  /** The key of seals is derived from it. */
  readonly secret: string;
  /** How many years lines stay in the trail before they are archived. */
  readonly keepYears: () => Promise<number>;
}

/** The trail of all subgraphs: gathered, checked, archived, read, and erased from. */
export interface Auditing {
  readonly auditTrail: AuditTrail;
  readonly eraseAuditDetails: Erasing['eraseAuditDetails'];
  readonly handlers: readonly MessageHandler<Transaction>[];
  readonly jobs: JobTasks;
  readonly crontab: readonly string[];
}

export function createAuditing({ db, clock, audit, secret, keepYears }: Dependencies): Auditing {
  const seals = createSeals(secret);
  const checking = createChecking({ db, clock, seals, stretchLines: 10_000 });
  const archiving = createArchiving({ db, clock, seals, keepYears });
  const erasing = createErasing({ db, clock, audit });
  return {
    auditTrail: createAuditTrail({ db, audit }),
    eraseAuditDetails: erasing.eraseAuditDetails,
    handlers: createAuditHandlers({ clock, seals }),
    jobs: {
      ...erasing.jobs,
      ...onJob(checkAuditTrail, (_payload, { log }) => checking.check(log)),
      ...onJob(keepAuditMonths, async (_payload, { log }) => {
        await archiving.prepareMonths();
        await archiving.archiveOld(log);
      }),
    },
    crontab: [`*/10 * * * * ${checkAuditTrail.name}`, `41 2 * * * ${keepAuditMonths.name}`],
  };
}
