import { addJob, defineJob, onJob, type JobTasks, type Mailer } from '@diaspora/kit';
import { z } from 'zod';
import { writeInstant, writeLetter } from '../accounts/index.js';
import type { Suspension } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';

const kind = z.enum(['accountSuspended', 'suspensionLifted', 'accountTerminated']);
const mailAboutSuspension = defineJob('mailAboutSuspension', z.object({ suspensionId: z.uuid(), kind }));

type Announcement = z.output<(typeof mailAboutSuspension)['schema']>;

/** What people are told about their suspension, by mail: they cannot sign in. */
export interface SuspensionLetters {
  /** In the transaction of the change. */
  announce(tx: Transaction, announcement: Announcement): Promise<string>;
  readonly jobs: JobTasks;
}

export function createSuspensionLetters({ db, mailer }: { db: Db; mailer: Mailer }): SuspensionLetters {
  /** Reads why and until when from the record: jobs are no place for it. */
  async function send({ suspensionId, kind }: Announcement, jobId: string): Promise<void> {
    const suspension = await db.suspension.findUnique({
      where: { id: suspensionId },
      include: { account: { include: { profile: true } } },
    });
    if (!suspension) return;
    const { email, profile } = suspension.account;
    const letter = write(kind, suspension, profile?.languages ?? []);
    await mailer.send({ to: email, ...letter, id: `suspension:${jobId}` });
  }

  return {
    announce: (tx, announcement) => addJob(tx, mailAboutSuspension, announcement),
    jobs: onJob(mailAboutSuspension, (announcement, { id }) => send(announcement, id)),
  };
}

function write(kind: Announcement['kind'], { reason, endsAt }: Suspension, languages: readonly string[]) {
  if (kind === 'suspensionLifted') return writeLetter(kind, {}, languages);
  if (kind === 'accountTerminated') return writeLetter(kind, { reason }, languages);
  const until = endsAt && writeInstant(endsAt, languages);
  return writeLetter(kind, { reason, until }, languages);
}
