import { addJob, type Clock, type Mailer } from '@diaspora/kit';
import type { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { deviceName } from '../device-name.js';
import { noticeAccount } from '../jobs.js';
import { writeInstant, writeLetter } from './letters/index.js';

export type Notices = ReturnType<typeof createNotices>;

type NoticeKind = z.output<typeof noticeAccount.schema>['kind'];

/** Something happened to an account that its owner should know, whoever did it. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Of the device it happened on, or was done from. */
  readonly userAgent: string | null;
  /** Of an identity: the site, as people know it. */
  readonly provider?: string;
}

/** Notices to the owner of an account, about its security. They are not counted: each stands for something that happened. */
export function createNotices({ db, clock, mailer }: { db: Db; clock: Clock; mailer: Mailer }) {
  return {
    /** In the transaction of what happened. */
    tell: (tx: Transaction, accountId: string, { kind, userAgent, provider }: Notice): Promise<string> =>
      addJob(tx, noticeAccount, {
        accountId,
        kind,
        device: deviceName(userAgent),
        at: clock.now().toISOString(),
        ...(provider && { provider }),
      }),

    /** The job. An attempt that is repeated sends the same mail. */
    send: async (
      { accountId, kind, device, at, provider = '' }: z.output<typeof noticeAccount.schema>,
      jobId: string,
    ): Promise<void> => {
      const account = await db.account.findUnique({ where: { id: accountId }, include: { profile: true } });
      if (!account) return;
      const languages = account.profile?.languages ?? [];
      const letter = writeLetter(
        kind,
        { device, at: writeInstant(new Date(at), languages), provider },
        languages,
      );
      await mailer.send({ to: account.email, ...letter, id: `notice:${jobId}` });
    },
  };
}
