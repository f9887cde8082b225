import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { barrier, givenUsers } from '../testing/given.js';
import { assertNotLastSuperUser, activeSuperUsers } from './index.js';

const dayMs = 24 * 3_600_000;
const change =
  'change { id kind status person { id } proposer { id } decider { id } } userErrors { code path }';
const documents = {
  grantSuperUser: `mutation ($input: GrantSuperUserInput!) { grantSuperUser(input: $input) { ${change} } }`,
  revokeSuperUser: `mutation ($input: RevokeSuperUserInput!) { revokeSuperUser(input: $input) { ${change} } }`,
  confirmSuperUserChange: `mutation ($input: ConfirmSuperUserChangeInput!) { confirmSuperUserChange(input: $input) { ${change} } }`,
  withdrawSuperUserChange: `mutation ($input: WithdrawSuperUserChangeInput!) { withdrawSuperUserChange(input: $input) { ${change} } }`,
  resignSuperUser: `mutation ($input: ResignSuperUserInput!) { resignSuperUser(input: $input) { hasResigned userErrors { code } } }`,
};

describe('super users', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers();
  });
  afterAll(() => users.stop());

  type Person = Awaited<ReturnType<typeof users.given.person>>;

  /** The only super users there are. */
  async function only(count: number): Promise<Person[]> {
    await users.db.account.updateMany({ data: { isSuperUser: false } });
    return Promise.all(Array.from({ length: count }, () => users.given.person({ isSuperUser: true })));
  }
  const names = async () => {
    const accounts = await users.db.account.findMany({
      where: { isSuperUser: true },
      orderBy: { id: 'asc' },
    });
    return accounts.map(({ id }) => id);
  };
  const idsOf = (...people: Person[]) => people.map(({ id }) => id).sort();

  /** What is answered: the change, or the code of whatever refused it. */
  async function run(name: keyof typeof documents, viewer: Viewer | null, input: object) {
    const { data, codes } = await users.as(viewer).execute(documents[name], { input });
    const payload = data?.[name];
    return { change: payload?.change, refusal: codes[0] ?? payload?.userErrors[0]?.code };
  }
  const about = (person: Person) => ({ userId: person.publicId, reason: 'It is time.' });
  const propose = async (name: 'grantSuperUser' | 'revokeSuperUser', by: Person, person: Person) =>
    (await run(name, by.viewer, about(person))).change.id as string;
  const confirm = (by: Person, changeId: string) => run('confirmSuperUserChange', by.viewer, { changeId });

  it('are made by two: one proposes, another confirms, and the tokens of the new one age', async () => {
    const [ana, ben] = await only(2);
    const carol = await users.given.person();
    const changeId = await propose('grantSuperUser', ana!, carol);
    expect(await names()).toEqual(idsOf(ana!, ben!));
    expect((await confirm(ben!, changeId)).change).toEqual({
      id: changeId,
      kind: 'GRANT',
      status: 'CONFIRMED',
      person: { id: carol.publicId },
      proposer: { id: ana!.publicId },
      decider: { id: ben!.publicId },
    });
    expect(await names()).toEqual(idsOf(ana!, ben!, carol));
    const facts = { sessionId: 's', tokenId: 't', userId: carol.id, epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('stale');
    const told = await users.messages(carol.publicId);
    expect(told.map(({ type }) => type)).toEqual(['superUser.proposed', 'superUser.changed']);
    expect(told[0]!.data['confirmerIds']).toEqual([ben!.publicId]);
  });

  it('are removed by two others, and what they could is gone with the next request', async () => {
    const [ana, ben, carol] = await only(3);
    const changeId = await propose('revokeSuperUser', ana!, carol!);
    expect((await confirm(ben!, changeId)).change.status).toBe('CONFIRMED');
    expect(await names()).toEqual(idsOf(ana!, ben!));
    const facts = { sessionId: 's', tokenId: 't', userId: carol!.id, epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('stale');
    // Although an old token says so, the database does not.
    expect((await run('grantSuperUser', carol!.viewer, about(await users.given.person()))).refusal).toBe(
      'FORBIDDEN',
    );
  });

  describe('are neither added nor removed by a peer alone', () => {
    it.each(['grantSuperUser', 'revokeSuperUser'] as const)(
      '%s: the proposer does not confirm',
      async (name) => {
        const [ana, ben, carol] = await only(3);
        const person = name === 'grantSuperUser' ? await users.given.person() : carol!;
        const changeId = await propose(name, ana!, person);
        expect((await confirm(ana!, changeId)).refusal).toBe('FORBIDDEN');
        expect(await names()).toEqual(idsOf(ana!, ben!, carol!));
      },
    );

    it('the person concerned has no say', async () => {
      const [ana, ben, carol] = await only(3);
      const changeId = await propose('revokeSuperUser', ana!, carol!);
      expect((await confirm(carol!, changeId)).refusal).toBe('FORBIDDEN');
      const withdrawn = await run('withdrawSuperUserChange', carol!.viewer, { changeId });
      expect(withdrawn.refusal).toBe('FORBIDDEN');
      expect((await confirm(ben!, changeId)).refusal).toBeUndefined();
    });

    it('of two neither removes the other', async () => {
      const [ana, ben] = await only(2);
      const changeId = await propose('revokeSuperUser', ana!, ben!);
      expect((await confirm(ben!, changeId)).refusal).toBe('FORBIDDEN');
      expect((await confirm(ana!, changeId)).refusal).toBe('FORBIDDEN');
      expect(await names()).toEqual(idsOf(ana!, ben!));
    });

    it('a proposal falls with its proposer', async () => {
      const [ana, ben] = await only(3);
      const changeId = await propose('grantSuperUser', ana!, await users.given.person());
      await run('resignSuperUser', ana!.viewer, {});
      expect((await confirm(ben!, changeId)).refusal).toBe('CONFLICT');
    });

    it('nobody proposes themselves', async () => {
      const [ana] = await only(2);
      expect((await run('revokeSuperUser', ana!.viewer, about(ana!))).refusal).toBe('FORBIDDEN');
      const member = { ...(await users.given.person()), viewer: ana!.viewer };
      expect((await run('grantSuperUser', { ...member.viewer, id: member.id }, about(member))).refusal).toBe(
        'FORBIDDEN',
      );
    });
  });

  it('confirm a proposal within seven days, and then propose anew', async () => {
    const [ana, ben] = await only(2);
    const person = await users.given.person();
    const changeId = await propose('grantSuperUser', ana!, person);
    expect((await run('grantSuperUser', ben!.viewer, about(person))).refusal).toBe('CONFLICT');
    users.clock.advance(7 * dayMs);
    expect((await confirm(ben!, changeId)).refusal).toBe('CONFLICT');
    const next = await propose('grantSuperUser', ana!, person);
    expect((await confirm(ben!, next)).refusal).toBeUndefined();
  });

  it('take a proposal back, or refuse it, and then nobody confirms it', async () => {
    const [ana, ben] = await only(2);
    for (const decider of [ana!, ben!]) {
      const changeId = await propose('grantSuperUser', ana!, await users.given.person());
      const withdrawn = await run('withdrawSuperUserChange', decider.viewer, { changeId });
      expect(withdrawn.change).toMatchObject({ status: 'WITHDRAWN', decider: { id: decider.publicId } });
      expect((await confirm(ben!, changeId)).refusal).toBe('CONFLICT');
    }
  });

  it('have no term: time alone ends none', async () => {
    const [ana] = await only(1);
    users.clock.advance(3_650 * dayMs);
    const listed = await users.as(ana!.viewer).execute('{ superUsers(first: 10) { nodes { id } } }');
    expect(listed.data.superUsers.nodes).toEqual([{ id: ana!.publicId }]);
  });

  describe('the last one', () => {
    it('does not resign', async () => {
      const [ana] = await only(1);
      expect((await run('resignSuperUser', ana!.viewer, {})).refusal).toBe('LAST_SUPER_USER');
      expect(await names()).toEqual(idsOf(ana!));
    });

    it('is not suspended or erased: the guard refuses, and lets others go', async () => {
      const [ana] = await only(1);
      const member = await users.given.person();
      const guarded = (id: string) => users.db.$transaction((tx) => assertNotLastSuperUser(tx, id));
      await expect(guarded(ana!.id)).rejects.toMatchObject({ code: 'LAST_SUPER_USER' });
      await expect(guarded(member.id)).resolves.toBeUndefined();
      await users.given.person({ isSuperUser: true, isVerified: false });
      await expect(guarded(ana!.id)).rejects.toMatchObject({ code: 'LAST_SUPER_USER' });
    });

    it('is not demoted when the other one leaves at the same moment', async () => {
      const [ana, ben] = await only(2);
      const meet = barrier(2);
      const unguarded = (id: string) =>
        users.db.$transaction(async (tx) => {
          const others = await tx.account.count({ where: { ...activeSuperUsers, id: { not: id } } });
          await meet();
          if (others > 0) await tx.account.update({ where: { id }, data: { isSuperUser: false } });
        });
      await Promise.all([unguarded(ana!.id), unguarded(ben!.id)]);
      expect(await names()).toEqual([]);

      for (let round = 0; round < 5; round++) {
        const pair = await only(2);
        const answers = await Promise.all(pair.map(({ viewer }) => run('resignSuperUser', viewer, {})));
        expect(answers.map(({ refusal }) => refusal).sort()).toEqual(['LAST_SUPER_USER', undefined]);
        expect(await names()).toHaveLength(1);
      }
    });

    it('is not demoted when two changes are confirmed and one resigns at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const [ana, ben, carol] = await only(3);
        const first = await propose('revokeSuperUser', ana!, ben!);
        const second = await propose('revokeSuperUser', ben!, ana!);
        await Promise.all([
          confirm(carol!, first),
          confirm(carol!, second),
          run('resignSuperUser', carol!.viewer, {}),
        ]);
        expect((await names()).length).toBeGreaterThan(0);
      }
    });
  });

  it('are confirmed once when two confirm at once', async () => {
    const [ana, ben, carol] = await only(3);
    const person = await users.given.person();
    const changeId = await propose('grantSuperUser', ana!, person);
    const answers = await Promise.all([confirm(ben!, changeId), confirm(carol!, changeId)]);
    expect(answers.map(({ refusal }) => refusal).sort()).toEqual(['CONFLICT', undefined]);
    const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
    expect(account.sessionEpoch).toBe(1);
  });

  it('answer a repeated proposal with the same one, also when both arrive at once', async () => {
    const [ana, ben] = await only(2);
    const person = await users.given.person();
    const answers = await Promise.all([1, 2].map(() => run('grantSuperUser', ana!.viewer, about(person))));
    expect(answers[0]!.change.id).toBe(answers[1]!.change.id);
    expect((await run('grantSuperUser', ben!.viewer, about(person))).refusal).toBe('CONFLICT');
  });

  it('see what was proposed by status', async () => {
    const [ana] = await only(2);
    await users.db.superUserChange.deleteMany();
    const old = await propose('grantSuperUser', ana!, await users.given.person());
    users.clock.advance(8 * dayMs);
    const fresh = await propose('grantSuperUser', ana!, await users.given.person());
    const query = `query ($status: SuperUserChangeStatus) { superUserChanges(status: $status, first: 5) { nodes { id } } }`;
    const listed = async (status: string | null) =>
      (await users.as(ana!.viewer).execute(query, { status })).data.superUserChanges.nodes.map(
        ({ id }: { id: string }) => id,
      );
    expect(await listed('PROPOSED')).toEqual([fresh]);
    expect(await listed('EXPIRED')).toEqual([old]);
    expect(await listed(null)).toEqual([fresh, old]);
    expect(await listed('CONFIRMED')).toEqual([]);
  });

  describe('nobody else has a say', () => {
    const others: [string, string[] | null, string][] = [
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a member', ['REGULAR'], 'FORBIDDEN'],
      ['a consul', ['CONSUL', 'REGULAR'], 'FORBIDDEN'],
      ['an ambassador', ['AMBASSADOR', 'REGULAR'], 'FORBIDDEN'],
      ['whoever only claims it', ['SUPER_USER', 'REGULAR'], 'FORBIDDEN'],
    ];

    it.each(others)('%s', async (_name, roles, code) => {
      const [ana, ben] = await only(2);
      const [person, target] = [await users.given.person(), await users.given.person()];
      const changeId = await propose('grantSuperUser', ana!, person);
      const viewer = roles && { ...target.viewer, roles };
      const answers = [
        await run('grantSuperUser', viewer, about(person)),
        await run('revokeSuperUser', viewer, about(ben!)),
        await run('confirmSuperUserChange', viewer, { changeId }),
        await run('withdrawSuperUserChange', viewer, { changeId }),
        await run('resignSuperUser', viewer, {}),
      ];
      expect(answers.map(({ refusal }) => refusal)).toEqual(answers.map(() => code));
      expect(await names()).toEqual(idsOf(ana!, ben!));
      const open = await users.db.superUserChange.findMany({
        where: { status: 'PROPOSED', accountId: person.id },
      });
      expect(open).toHaveLength(1);
    });

    it.each(others.slice(0, 4))('%s sees no list', async (_name, roles, code) => {
      const person = await users.given.person();
      const client = users.as(roles && { ...person.viewer, roles });
      for (const query of [
        '{ superUsers(first: 1) { nodes { id } } }',
        '{ superUserChanges(first: 1) { nodes { id } } }',
      ])
        expect((await client.execute(query)).codes).toEqual([code]);
    });
  });
});
