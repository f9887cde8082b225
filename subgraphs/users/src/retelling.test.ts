import { waitingForLocks } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transaction } from './database.js';
import { retelling } from './retelling.js';
import { givenUsers } from './testing/given.js';
import { officeActions, type Person } from './testing/offices.js';
import { peopleActions } from './testing/people.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let ana: Person;
let bo: Person;
beforeAll(async () => {
  users = await givenUsers();
  const root = await users.given.person({ isSuperUser: true });
  [ana, bo] = [await users.given.person(), await users.given.person()];
  await officeActions(users).appoint(root, 'appointAmbassador', ana, { countryCode: 'PT' });
});
afterAll(() => users.stop());

const tell = (...types: string[]) =>
  retelling.run(users.databaseUrl, { rate: 1_000_000, ...(types.length > 0 && { types }) });
/** What was told again of a person or a pair since the last time. */
async function told(...people: readonly Person[]) {
  const key = people
    .map(({ publicId }) => publicId)
    .sort()
    .join(':');
  const all = (await users.messages(key)).filter(({ type }) => type.endsWith('.retold'));
  await users.pool.query('DELETE FROM kit.outbox WHERE key = $1', [key]);
  return all.map(({ type, data }) => ({ type: type.replace('.retold', ''), data }));
}

describe('what is told again', () => {
  const changes: Record<string, [change: (tx: Transaction) => Promise<unknown>, shown: object]> = {
    'superUser.changed': [
      (tx) => tx.account.update({ where: { id: ana.id }, data: { isSuperUser: true } }),
      { isSuperUser: true },
    ],
    'user.suspended': [
      async (tx) => {
        await tx.account.update({ where: { id: ana.id }, data: { suspendedAt: new Date() } });
        const own = { id: ana.id, accountId: ana.id, suspendedBy: bo.id };
        await tx.suspension.create({ data: { ...own, reason: 'r', startedAt: new Date() } });
      },
      { endsAt: null },
    ],
    'office.ended': [
      (tx) => tx.office.updateMany({ data: { endedAt: new Date(), endCause: 'REVOKED' } }),
      { officeId: expect.any(String) },
    ],
  };

  it.each(Object.entries(changes))(
    'of %s follows a change under way and shows it',
    async (type, [change, shown]) => {
      let commit: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (commit = resolve));
      let begun: () => void = () => undefined;
      const isBegun = new Promise<void>((resolve) => (begun = resolve));
      const changing = users.db.$transaction(async (tx) => {
        await change(tx);
        begun();
        await held;
      });
      await isBegun;
      const telling = tell(type);
      await waitingForLocks(users.pool);
      commit();
      await Promise.all([changing, telling]);
      expect(await told(ana)).toEqual([{ type, data: expect.objectContaining(shown) }]);
    },
  );

  it('says of a pair what holds, and what does not once something has ended', async () => {
    const { run, befriend } = peopleActions(users);
    await run(ana.viewer, 'followUser', bo.publicId);
    await befriend(ana, bo);
    await run(bo.viewer, 'muteUser', ana.publicId);
    await tell('user.followed', 'user.unfollowed', 'user.connected', 'user.muted', 'user.unmuted');
    const [personId, otherId, version] = [ana.publicId, bo.publicId, 4];
    const held = await told(ana, bo);
    const ofBoth = { personId: expect.any(String), otherId: expect.any(String), version };
    expect(held).toEqual(
      expect.arrayContaining([
        { type: 'user.followed', data: expect.objectContaining({ personId, otherId, version }) },
        {
          type: 'user.muted',
          data: expect.objectContaining({ personId: otherId, otherId: personId, version }),
        },
        { type: 'user.connected', data: expect.objectContaining(ofBoth) },
      ]),
    );
    expect(held).toHaveLength(3);
    await run(ana.viewer, 'unfollowUser', bo.publicId);
    await tell('user.followed', 'user.unfollowed');
    expect(await told(ana, bo)).toEqual(
      [personId, otherId].sort().map((id) => ({
        ...{ type: 'user.unfollowed', data: expect.objectContaining({ personId: id, version: 5 }) },
      })),
    );
  });

  it('is nothing of people who are not there: who never proved an address, and who was erased', async () => {
    const { run } = peopleActions(users);
    const [unproved, gone] = [await users.given.person({ isVerified: false }), await users.given.person()];
    await run(gone.viewer, 'followUser', bo.publicId);
    const data = { erasedAt: new Date(), emailVerifiedAt: null };
    await users.db.account.update({ where: { id: gone.id }, data });
    await tell();
    expect([await told(unproved), await told(gone), await told(gone, bo)]).toEqual([[], [], []]);
  });
});
