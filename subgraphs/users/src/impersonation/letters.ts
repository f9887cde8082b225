import { addJob, defineJob, onJob, type JobTasks, type Mailer } from '@diaspora/kit';
import { z } from 'zod';
import { writeInstant, writeLetter } from '../accounts/index.js';
import type { Db, Transaction } from '../database.js';

const mailAboutImpersonation = defineJob('mailAboutImpersonation', z.object({ impersonationId: z.uuid() }));

/** People are told by mail when somebody looks as them, and why. */
export interface ImpersonationLetters {
  /** In the transaction of its beginning. */
  announce(tx: Transaction, payload: { impersonationId: string }): Promise<string>;
  readonly jobs: JobTasks;
}

export function createImpersonationLetters({ db, mailer }: { db: Db; mailer: Mailer }): ImpersonationLetters {
  async function send({ impersonationId }: { impersonationId: string }): Promise<void> {
    const impersonation = await db.impersonation.findUnique({
      where: { id: impersonationId },
      include: { account: { include: { profile: true } } },
    });
    if (!impersonation) return;
    const { account, reason, startedAt, expiresAt } = impersonation;
    const languages = account.profile?.languages ?? [];
    const [at, until] = [startedAt, expiresAt].map((time) => writeInstant(time, languages));
    const letter = writeLetter('impersonated', { reason, at: at!, until: until! }, languages);
    await mailer.send({ to: account.email, ...letter, id: `impersonation:${impersonationId}` });
  }

  return {
    announce: (tx, payload) => addJob(tx, mailAboutImpersonation, payload),
    jobs: onJob(mailAboutImpersonation, send),
  };
}
