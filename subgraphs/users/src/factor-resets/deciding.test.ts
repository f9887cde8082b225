import type { Viewer } from '@diaspora/kit';
import { dayMs } from '@diaspora/kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factorResetIds } from '../ids.js';
import { authenticator } from '../testing/authenticator.js';
import { factorResetActions } from '../testing/factor-resets.js';
import { givenUsers, withRole } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';

const list = `query ($status: FactorResetStatus, $after: String) {
  factorResets(first: 2, status: $status, after: $after) { nodes { id } pageInfo { endCursor } } }`;

describe('a reset of a second factor', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let app: ReturnType<typeof authenticator>;
  let resets: ReturnType<typeof factorResetActions>;
  let chief: Viewer;
  let other: Viewer;
  beforeAll(async () => {
    users = await givenUsers();
    const door = signingIn(users);
    app = authenticator(users, door);
    resets = factorResetActions(users, door);
    [chief, other] = [await resets.chief(), await resets.chief()];
  });
  afterAll(() => users.stop());

  const whoNeedsIt = async () => (await app.equipped()).person;
  const standing = (id: string, isSuperUser: boolean) =>
    users.db.account.update({ where: { id }, data: { isSuperUser } });
  /** As the job finds it when the time to refuse is over. */
  async function outcome(resetId: string): Promise<string> {
    const dueAt = users.clock.now();
    await users.db.factorReset.update({ where: { id: factorResetIds.decode(resetId) }, data: { dueAt } });
    await resets.fires(resetId);
    return resets.statusOf(resetId);
  }
  const ownOf = (id: string) => users.db.factorReset.count({ where: { accountId: id } });

  describe('is opened', () => {
    it('for whoever has a second factor, one at a time, with a reason', async () => {
      const person = await whoNeedsIt();
      expect((await resets.opens(chief, person, ' ')).refusal).toBe('INVALID_INPUT');
      expect((await resets.opens(chief, person)).reset).toMatchObject({
        ...{ status: 'OPEN', needsTwo: false, user: { id: person.publicId }, confirmedBy: null },
      });
      for (const viewer of [chief, other])
        expect((await resets.opens(viewer, person)).refusal).toBe('CONFLICT');
      expect((await resets.opens(chief, await users.given.person())).refusal).toBe('CONFLICT');
      expect(await ownOf(person.id)).toBe(1);
    });

    it('again after the one before has ended', async () => {
      const person = await whoNeedsIt();
      const { reset } = await resets.opens(chief, person);
      await resets.run('withdrawFactorReset', other, { resetId: reset.id });
      expect((await resets.opens(chief, person)).reset.status).toBe('OPEN');
    });

    it('neither for oneself, nor for somebody kept out, without a password or without a proved address', async () => {
      const [kept, passwordless, unproved] = [await whoNeedsIt(), await whoNeedsIt(), await whoNeedsIt()];
      const suspendedAt = users.clock.now();
      await users.db.account.update({ where: { id: kept.id }, data: { suspendedAt } });
      await users.db.account.update({ where: { id: passwordless.id }, data: { passwordHash: null } });
      await users.db.account.update({ where: { id: unproved.id }, data: { emailVerifiedAt: null } });
      const own = await app.equipped(await users.given.person({ isSuperUser: true }));
      const refusals = [
        await resets.opens(own.viewer, own.person),
        await resets.opens(chief, kept),
        await resets.opens(chief, passwordless),
        await resets.opens(chief, unproved),
      ].map(({ refusal }) => refusal);
      expect(refusals).toEqual(['FORBIDDEN', 'CONFLICT', 'CONFLICT', 'NOT_FOUND']);
    });

    it('in a session that began within a quarter of an hour only', async () => {
      const person = await whoNeedsIt();
      users.clock.advance(15 * 60_000 + 1);
      expect((await resets.opens(chief, person)).refusal).toBe('RECENT_SIGN_IN_REQUIRED');
      [chief, other] = [await resets.chief(), await resets.chief()];
      expect((await resets.opens(chief, person)).reset.status).toBe('OPEN');
    });
  });

  describe('takes two', () => {
    it('for a super user: without the other one it comes to nothing', async () => {
      const peer = await app.equipped(await users.given.person({ isSuperUser: true }));
      const { reset } = await resets.opens(chief, peer.person);
      expect(reset.needsTwo).toBe(true);
      const confirms = (viewer: Viewer) => resets.run('confirmFactorReset', viewer, { resetId: reset.id });
      expect((await confirms(chief)).refusal).toBe('FORBIDDEN');
      expect((await confirms(peer.viewer)).refusal).toBe('FORBIDDEN');
      expect(await outcome(reset.id)).toBe('VOID');
      expect((await confirms(other)).refusal).toBe('CONFLICT');

      const { reset: next } = await resets.opens(chief, peer.person);
      for (let time = 0; time < 2; time++) {
        const { reset: confirmed } = await resets.run('confirmFactorReset', other, { resetId: next.id });
        expect(confirmed.confirmedBy).not.toBeNull();
      }
      expect(await outcome(next.id)).toBe('DONE');
    });

    it('for a password that was set by a mailed code within thirty days', async () => {
      const [lately, longAgo] = [await whoNeedsIt(), await whoNeedsIt()];
      const passwordResetAt = new Date(users.clock.now().getTime() - 30 * dayMs + 60_000);
      await users.db.account.update({ where: { id: lately.id }, data: { passwordResetAt } });
      const before = new Date(passwordResetAt.getTime() - 60_000);
      await users.db.account.update({ where: { id: longAgo.id }, data: { passwordResetAt: before } });
      const { reset } = await resets.opens(chief, lately);
      expect(reset.needsTwo).toBe(true);
      expect((await resets.opens(chief, longAgo)).reset.needsTwo).toBe(false);
      users.clock.advance(60_000);
      expect(await outcome(reset.id)).toBe('VOID');
    });

    it('for whoever became a super user meanwhile', async () => {
      const person = await whoNeedsIt();
      const { reset } = await resets.opens(chief, person);
      await standing(person.id, true);
      expect(await outcome(reset.id)).toBe('VOID');
    });
  });

  it('falls with whoever opened it, and with whoever confirmed it', async () => {
    const [first, second] = [await resets.chief(), await resets.chief()];
    const { reset } = await resets.opens(first, await whoNeedsIt());
    const peer = await app.equipped(await users.given.person({ isSuperUser: true }));
    const { reset: ofPeer } = await resets.opens(chief, peer.person);
    await resets.run('confirmFactorReset', second, { resetId: ofPeer.id });
    await standing(first.id, false);
    await standing(second.id, false);
    expect([await outcome(reset.id), await outcome(ofPeer.id)]).toEqual(['VOID', 'VOID']);
  });

  it('is listed newest first, by status, page after page', async () => {
    const opened: string[] = [];
    for (let count = 0; count < 3; count++) {
      users.clock.advance(1_000);
      opened.unshift((await resets.opens(chief, await whoNeedsIt())).reset.id);
    }
    const page = async (variables: object) =>
      (await users.as(chief).execute(list, { ...variables })).data.factorResets;
    const first = await page({ status: 'OPEN' });
    const next = await page({ status: 'OPEN', after: first.pageInfo.endCursor });
    const ids = [...first.nodes, ...next.nodes].map(({ id }: { id: string }) => id);
    expect(ids.slice(0, 3)).toEqual(opened);
    await resets.run('withdrawFactorReset', chief, { resetId: opened[0]! });
    expect((await page({ status: 'WITHDRAWN' })).nodes[0].id).toBe(opened[0]);
    expect((await page({})).nodes[0].id).toBe(opened[0]);
  });

  describe('is decided by nobody else', () => {
    const others: [string, ((viewer: Viewer) => Viewer) | null, string][] = [
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a member', (viewer) => viewer, 'FORBIDDEN'],
      ['an ambassador', (viewer) => withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' }), 'FORBIDDEN'],
      ['whoever only claims to be a super user', (viewer) => withRole(viewer, 'SUPER_USER'), 'FORBIDDEN'],
      ['whoever looks as a super user', () => ({ ...chief, impersonatorId: other.id }), 'FORBIDDEN'],
    ];
    it.each(others)('%s', async (_name, as, code) => {
      const [actor, free, owner] = [await app.equipped(), await whoNeedsIt(), await app.equipped()];
      const { reset } = await resets.opens(chief, owner.person);
      const viewer = as && as(actor.viewer);
      const about = { resetId: reset.id };
      const answers = [
        await resets.opens(viewer, free),
        await resets.run('confirmFactorReset', viewer, about),
        await resets.run('withdrawFactorReset', viewer, about),
      ];
      expect(answers.map(({ refusal }) => refusal)).toEqual([code, code, code]);
      expect([await ownOf(free.id), await resets.statusOf(reset.id)]).toEqual([0, 'OPEN']);
    });

    it.each(others.slice(0, 3))('and listed for nobody else: %s', async (_name, as, code) => {
      const viewer = as && as((await app.equipped()).viewer);
      expect((await users.as(viewer).execute(list, {})).codes).toEqual([code]);
    });

    it('and refused by its owner only, in person', async () => {
      const [owner, stranger] = [await app.equipped(), await app.equipped()];
      const { reset } = await resets.opens(chief, owner.person);
      const refuses = (viewer: Viewer | null) =>
        resets.run('refuseFactorReset', viewer, { resetId: reset.id });
      const refusals = [
        await refuses(null),
        await refuses(stranger.viewer),
        await refuses({ ...owner.viewer, impersonatorId: chief.id }),
        await refuses({ ...owner.viewer, kind: 'service' }),
      ].map(({ refusal }) => refusal);
      expect(refusals).toEqual(['UNAUTHENTICATED', 'NOT_FOUND', 'FORBIDDEN', 'FORBIDDEN']);
      expect(await resets.statusOf(reset.id)).toBe('OPEN');
    });
  });
});
