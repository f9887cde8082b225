import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aViewer, waitingForLocks, type TestClient } from '@diaspora/kit/testing';
import { noticeAccount } from '../jobs.js';
import { barrier, password, redirectUri } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';
import { documents, givenFederation } from './testing/given-federation.js';

const mine = '{ me { linkedIdentities { id provider { key name } email lastUsedAt } } }';
const anyId = 'idn_00000000000000000000000000';
const way = { provider: 'acme', redirectUri };

describe('linked identities', () => {
  let given: Awaited<ReturnType<typeof givenFederation>>;
  let users: typeof given.users;
  beforeAll(async () => {
    given = await givenFederation();
    users = given.users;
  });
  afterAll(() => given.stop());

  const linksOf = async (as: TestClient) =>
    (await as.execute(mine)).data.me.linkedIdentities as { id: string }[];
  const byPassword = async () => {
    const person = await users.given.person();
    return { ...person, as: users.as(person.viewer) };
  };

  /** Links whoever signs in there as `login`. */
  async function link(as: TestClient, login: string, input: object = { password }) {
    const { authorizationUrl, secret } = await given.run('beginLink', { ...way, ...input }, as);
    const callbackUrl = await given.provider.visit(authorizationUrl, login);
    return given.run('link', { secret, callbackUrl }, as);
  }
  const unlink = (as: TestClient, identityId: string, input: object = {}) =>
    given.run('unlink', { identityId, ...input }, as);

  it('open an account that had a password only, and are told by mail', async () => {
    const { id, as, email } = await byPassword();
    const { login } = given.stranger({ email_verified: false });
    const { identity } = await link(as, login);
    expect(identity).toMatchObject({ provider: { key: 'acme', name: 'ACME' } });
    expect(await linksOf(as)).toEqual([{ ...identity, lastUsedAt: null }]);
    expect(given.holderOf((await given.signIn(login)).tokens).id).toBe(id);
    expect(await users.audited(id)).toEqual(['identity.linked', 'session.opened']);
    await users.runAdded(noticeAccount);
    expect(users.mails.at(-1)).toMatchObject({ to: email, text: expect.stringContaining('ACME') });
  });

  it('open it no more when they are unlinked', async () => {
    const { id, as } = await byPassword();
    const { login } = given.stranger({ email_verified: false });
    const { identity } = await link(as, login);
    expect(await unlink(as, identity.id, { password })).toMatchObject({ isUnlinked: true });
    expect(await linksOf(as)).toEqual([]);
    expect((await given.signIn(login)).tokens).toBeNull();
    expect(await users.audited(id)).toEqual(['identity.linked', 'identity.unlinked']);
  });

  it('end what they opened when they are unlinked, but the session that unlinks', async () => {
    const door = signingIn(users);
    const { person, as, viewer, refreshToken } = await door.signedIn();
    const { id } = person;
    const { login } = given.stranger({ email_verified: false });
    const { identity } = await link(as, login);
    const theirs = (await given.signIn(login)).tokens;
    expect(await unlink(as, identity.id, { password })).toMatchObject({ isUnlinked: true });
    const ended = await users.db.session.findMany({ where: { accountId: id, revokedAt: { not: null } } });
    expect(ended).toMatchObject([{ methods: ['federated'], revocationReason: 'IDENTITY_UNLINKED' }]);
    expect(ended.map((session) => session.id)).not.toContain(viewer.sessionId);
    expect(await door.isStale(id)).toBe(true);
    expect((await door.exchange(theirs.refreshToken)).tokens).toBeNull();
    expect((await door.exchange(refreshToken)).tokens).not.toBeNull();
  });

  it.each([
    ['to link', (as: TestClient) => given.run('beginLink', { ...way, password: 'wrong' }, as)],
    ['to unlink', (as: TestClient) => unlink(as, anyId, { password: 'wrong' })],
    ['to unlink, and none is given', (as: TestClient) => unlink(as, anyId)],
  ])('take the password %s', async (_name, run) => {
    const { as } = await byPassword();
    const { userErrors } = await run(as);
    expect(userErrors).toEqual([{ code: 'INVALID_CREDENTIALS', path: ['password'] }]);
  });

  it('take a sign-in of late where there is no password', async () => {
    const { as } = await given.member();
    const { login } = given.stranger();
    const { identity } = await link(as, login, {});
    expect(identity.provider.key).toBe('acme');
    users.clock.advance(16 * 60_000);
    for (const run of [() => given.run('beginLink', way, as), () => unlink(as, identity.id)])
      expect((await run()).userErrors[0].code).toBe('SIGN_IN_AGAIN');
  });

  it('that open one account open no other', async () => {
    const { login } = await given.member();
    const { as } = await byPassword();
    expect((await link(as, login)).userErrors[0].code).toBe('IDENTITY_TAKEN');
    expect(await linksOf(as)).toEqual([]);
  });

  it('are linked to one of two accounts that link them at once', async () => {
    const people = await Promise.all([byPassword(), byPassword()]);
    const { login } = given.stranger({ email_verified: false });
    const answers = await Promise.all(people.map(({ as }) => link(as, login)));
    expect(answers.filter(({ identity }) => identity)).toHaveLength(1);
  });

  it('are not linked by a sign-in, nor does a link sign in', async () => {
    const { as } = await byPassword();
    const { login } = given.stranger({ email_verified: false });
    const signIn = await given.begin('acme');
    const linking = await given.run('beginLink', { ...way, password }, as);
    const answers = [
      await given.run(
        'link',
        { secret: signIn.secret, callbackUrl: await given.provider.visit(signIn.authorizationUrl, login) },
        as,
      ),
      await given.run('complete', {
        secret: linking.secret,
        callbackUrl: await given.provider.visit(linking.authorizationUrl, login),
      }),
    ];
    expect(answers.map(({ userErrors }) => userErrors[0].code)).toEqual(Array(2).fill('FEDERATION_REFUSED'));
  });

  it('of one person are not linked to the account of another who has the secret', async () => {
    const [ana, ben] = await Promise.all([byPassword(), byPassword()]);
    const { login } = given.stranger({ email_verified: false });
    const { authorizationUrl, secret } = await given.run('beginLink', { ...way, password }, ana.as);
    const callbackUrl = await given.provider.visit(authorizationUrl, login);
    const { userErrors } = await given.run('link', { secret, callbackUrl }, ben.as);
    expect(userErrors[0].code).toBe('FEDERATION_REFUSED');
  });

  describe('are not the last way in', () => {
    it('of an account without a password', async () => {
      const { as } = await given.member();
      const [only] = await linksOf(as);
      expect((await unlink(as, only!.id)).userErrors[0].code).toBe('LAST_WAY_IN');
      const { identity } = await link(as, given.stranger().login, {});
      expect((await unlink(as, only!.id)).isUnlinked).toBe(true);
      expect((await unlink(as, identity.id)).userErrors[0].code).toBe('LAST_WAY_IN');
    });

    it('when both of two are unlinked at once', async () => {
      for (let round = 0; round < 8; round++) {
        const { as } = await given.member();
        await link(as, given.stranger().login, {});
        const ids = (await linksOf(as)).map(({ id }) => id);
        const answers = await Promise.all(ids.map((id) => unlink(as, id)));
        expect(answers.filter(({ isUnlinked }) => isUnlinked)).toHaveLength(1);
        expect(await linksOf(as)).toHaveLength(1);
      }
    });

    it('which two would be without the lock', async () => {
      const { as, id: accountId } = await given.member();
      await link(as, given.stranger().login, {});
      const ids = (await linksOf(as)).map(({ id }) => id);
      const meet = barrier(ids.length);
      await Promise.all(
        ids.map(() =>
          users.db.$transaction(async (tx) => {
            const count = await tx.identity.count({ where: { accountId } });
            await meet();
            const [one] = await tx.$queryRaw<{ id: string }[]>`
              SELECT id FROM identities WHERE account_id = ${accountId}::uuid FOR UPDATE SKIP LOCKED LIMIT 1`;
            if (count > 1) await tx.identity.delete({ where: { id: one!.id } });
          }),
        ),
      );
      expect(await linksOf(as)).toEqual([]);
    });
  });

  it('open nothing to a sign-in that was under way when they were unlinked', async () => {
    const { as, id: accountId } = await byPassword();
    const { login } = given.stranger({ email_verified: false });
    await link(as, login);
    const { authorizationUrl, secret } = await given.begin('acme');
    const callbackUrl = await given.provider.visit(authorizationUrl, login);
    let completing: Promise<any> | undefined;
    await users.db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
      await tx.identity.deleteMany({ where: { accountId } });
      completing = given.run('complete', { secret, callbackUrl });
      await waitingForLocks(users.pool);
    });
    expect((await completing).userErrors[0].code).toBe('FEDERATION_REFUSED');
    expect(await users.db.session.count({ where: { accountId } })).toBe(0);
  });

  it('and sessions from before the address was proved are gone when it is', async () => {
    const { login, email } = given.stranger();
    const squatter = await users.given.person({ email, isVerified: false });
    const now = users.clock.now();
    await users.db.identity.create({
      data: {
        id: squatter.id,
        accountId: squatter.id,
        provider: 'acme',
        issuer: given.provider.settings.issuer,
        subject: 'of-the-squatter',
        linkedAt: now,
      },
    });
    const times = {
      createdAt: now,
      authenticatedAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + 1e9),
    };
    await users.db.session.create({
      data: { id: squatter.id, accountId: squatter.id, currentHash: 'x', ...times },
    });
    const { secret } = await given.signIn(login);
    await given.run('register', { secret, countryOfOrigin: 'RO', countryOfResidence: 'DE' });
    const links = await users.db.identity.findMany({ where: { accountId: squatter.id } });
    expect(links.map(({ subject }) => subject)).toEqual([login]);
    const session = await users.db.session.findUniqueOrThrow({ where: { id: squatter.id } });
    expect(session.revocationReason).toBe('ADDRESS_PROVED');
    await users.runAdded({ name: 'announceEpoch' });
    const facts = { sessionId: 's', tokenId: 't', userId: squatter.id, epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('stale');
  });

  describe('are nobody else’s', () => {
    const inputs = {
      beginLink: { ...way, password },
      link: { secret: 's', callbackUrl: `${redirectUri}?state=s` },
      unlink: { identityId: 'idn_00000000000000000000000000', password },
    };

    it.each(['beginLink', 'link', 'unlink'] as const)(
      '%s: visitors, services, impersonators',
      async (name) => {
        const { id, viewer } = await byPassword();
        const before = await users.db.identity.count();
        const others = [
          ['UNAUTHENTICATED', null],
          ['FORBIDDEN', aViewer({ id, kind: 'service' })],
          ['FORBIDDEN', { ...viewer, impersonatorId: aViewer().id }],
        ] as const;
        for (const [code, other] of others) {
          const { codes, data } = await users.as(other).execute(documents[name], { input: inputs[name] });
          expect(codes).toEqual([code]);
          expect(Object.values(data ?? {}).every((payload) => payload === null)).toBe(true);
        }
        expect(await users.db.identity.count()).toBe(before);
      },
    );

    it('to see', async () => {
      const owner = await given.member();
      const document = 'query ($id: ID!) { user(id: $id) { linkedIdentities { id } } }';
      const seen = async (viewer: Parameters<typeof users.as>[0]) => {
        const { data } = await users
          .as(viewer)
          .execute(document, { id: (await owner.as.execute('{ me { id } }')).data.me.id });
        return data?.user?.linkedIdentities ?? null;
      };
      expect(await seen(owner.viewer)).toHaveLength(1);
      const root = await users.given.person({ isSuperUser: true });
      for (const viewer of [null, aViewer(), root.viewer, { ...owner.viewer, impersonatorId: root.id }])
        expect(await seen(viewer)).toBeNull();
    });

    it('to unlink', async () => {
      const owner = await given.member();
      const [identity] = await linksOf(owner.as);
      const { as } = await byPassword();
      expect((await unlink(as, identity!.id, { password })).userErrors).toEqual([
        { code: 'NOT_FOUND', path: ['identityId'] },
      ]);
      expect(await linksOf(owner.as)).toHaveLength(1);
    });
  });
});
