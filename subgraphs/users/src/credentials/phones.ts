import type { Origin, Viewer } from '@diaspora/kit';
import { writeLetter } from '../accounts/index.js';
import { wrongCode } from '../codes/index.js';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { CredentialDependencies } from './dependencies.js';
import { accountTexts, phoneTexts } from './rules.js';

/** The telephone of an account, proved by a text message. */
export function createPhones(dependencies: CredentialDependencies) {
  const { db, clock, audit, texting, attempts, budgets, codes, notices, provePassword } = dependencies;

  /** Told at once when the number takes no texts: it is the viewer's own, and nothing is learned from it. */
  async function addPhone(
    viewer: Viewer,
    input: { password: string; phoneNumber: string },
    origin: Origin,
  ): Promise<void> {
    const { phoneNumber: to } = input;
    await attempts.request(origin);
    const account = await provePassword(viewer, input.password, origin);
    await budgets.spend(accountTexts, viewer.id);
    await budgets.spend(phoneTexts, to);
    try {
      const code = await codes.issue('verify-phone', account, to);
      const profile = await db.profile.findUnique({ where: { accountId: viewer.id } });
      await texting.send({ to, text: writeLetter('phoneCode', { code }, profile?.languages ?? []).text });
    } catch (error) {
      // A text that did not leave costs nothing.
      await budgets.giveBack(accountTexts, viewer.id);
      await budgets.giveBack(phoneTexts, to);
      throw error;
    }
  }

  async function verifyPhone(viewer: Viewer, input: { code: string }, origin: Origin): Promise<string> {
    const { emailKey } = await db.account.findUniqueOrThrow({ where: { id: viewer.id } });
    await attempts.begin(emailKey, origin);
    const guess = { purpose: 'verify-phone', accountId: viewer.id, emailKey, code: input.code } as const;
    const code = await codes.guess(guess);
    if (!code) throw wrongCode();
    const phoneNumber = code.target!;
    await db.$transaction(async (tx) => {
      const data = { phoneNumber, phoneVerifiedAt: clock.now() };
      const before = await tx.account.findUniqueOrThrow({ where: { id: viewer.id } });
      await tx.account.update({ where: { id: viewer.id }, data });
      await codes.spend(tx, code);
      const numbers = { before: { phoneNumber: before.phoneNumber }, after: { phoneNumber } };
      await note(tx, viewer.id, { action: 'phone.verified', ...numbers });
      await notices.tell(tx, viewer.id, { kind: 'phoneAdded', userAgent: origin.userAgent });
    });
    await attempts.succeed(emailKey);
    return phoneNumber;
  }

  /** Also where there is none, so that a repeated call answers the same. */
  async function removePhone(viewer: Viewer, input: { password: string }, origin: Origin): Promise<void> {
    const { phoneNumber } = await provePassword(viewer, input.password, origin);
    await db.$transaction(async (tx) => {
      const { count } = await tx.account.updateMany({
        where: { id: viewer.id, phoneNumber: { not: null } },
        data: { phoneNumber: null, phoneVerifiedAt: null },
      });
      if (count === 0) return;
      await note(tx, viewer.id, { action: 'phone.removed', before: { phoneNumber } });
      await notices.tell(tx, viewer.id, { kind: 'phoneRemoved', userAgent: origin.userAgent });
    });
  }

  const note = (
    tx: Transaction,
    personId: string,
    line: { action: string; before: Record<string, unknown>; after?: Record<string, unknown> },
  ) => audit.record(tx, { ...line, subject: { type: 'User', id: userIds.encode(personId) }, personId });

  return { addPhone, verifyPhone, removePhone };
}
