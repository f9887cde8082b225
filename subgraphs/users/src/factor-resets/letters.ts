import { addJob, AppError, defineJob, onJob, type JobTasks, type Mailer } from '@diaspora/kit';
import { z } from 'zod';
import { writeInstant, writeLetter, type Letter } from '../accounts/index.js';
import type { Prisma } from '../__generated__/prisma/client.js';
import type { LetterKeys } from '../codes/index.js';
import type { Db, Transaction } from '../database.js';
import type { Texting } from '../texting/index.js';

const kind = z.enum(['factorResetOpened', 'factorResetStopped', 'factorResetDone']);
export const mailAboutFactorReset = defineJob('mailAboutFactorReset', z.object({ resetId: z.uuid(), kind }));
export const textAboutFactorReset = defineJob('textAboutFactorReset', z.object({ resetId: z.uuid() }), {
  isSlow: true,
});

type Kind = z.output<typeof kind>;
type Reset = Prisma.FactorResetGetPayload<{ include: { account: { include: { profile: true } } } }>;

interface Dependencies {
  readonly db: Db;
  readonly mailer: Mailer;
  readonly texting: Texting;
  readonly resetKeys: LetterKeys;
}

/** What the owner of an account is told about a reset of its second factor: whoever holds the mailbox may keep a mail to themselves. */
export interface FactorResetLetters {
  /** In the transaction of what happened. */
  announce(tx: Transaction, resetId: string, kind: Kind): Promise<void>;
  readonly jobs: JobTasks;
}

export function createFactorResetLetters(dependencies: Dependencies): FactorResetLetters {
  const { db, mailer, texting, resetKeys } = dependencies;

  const find = (id: string): Promise<Reset | null> =>
    db.factorReset.findUnique({ where: { id }, include: { account: { include: { profile: true } } } });

  function write(kind: Kind | 'factorResetText', { id, reason, dueAt, account }: Reset): Letter {
    const languages = account.profile?.languages ?? [];
    const facts = { reason, due: writeInstant(dueAt, languages), key: resetKeys.write(id) };
    return writeLetter(kind, facts, languages);
  }

  async function mail({ resetId, kind }: { resetId: string; kind: Kind }, jobId: string): Promise<void> {
    const reset = await find(resetId);
    if (reset)
      await mailer.send({ to: reset.account.email, ...write(kind, reset), id: `factor-reset:${jobId}` });
  }

  /** To the proved telephone, while there is something to refuse. A number that takes no texts is told by mail alone. */
  async function sendText({ resetId }: { resetId: string }): Promise<void> {
    const reset = await find(resetId);
    const to = reset?.account.phoneNumber;
    if (reset?.status !== 'OPEN' || !to) return;
    await texting.send({ to, text: write('factorResetText', reset).text }).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'INVALID_INPUT')) throw error;
    });
  }

  return {
    announce: async (tx, resetId, kind) => {
      await addJob(tx, mailAboutFactorReset, { resetId, kind });
      if (kind === 'factorResetOpened') await addJob(tx, textAboutFactorReset, { resetId });
    },
    jobs: {
      ...onJob(mailAboutFactorReset, (payload, { id }) => mail(payload, id)),
      ...onJob(textAboutFactorReset, sendText),
    },
  };
}
