import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { sessionIds, userIds } from '../ids.js';
import { announceRevocation } from '../jobs.js';
import { givenUsers, password, withRole } from '../testing/given.js';

const start = `mutation ($input: StartImpersonationInput!) { startImpersonation(input: $input) {
  impersonation { id user { id } impersonator { id } reason startedAt expiresAt endedAt }
  accessToken accessTokenExpiresAt userErrors { code path } } }`;
const end = 'mutation { endImpersonation { hasEnded userErrors { code } } }';
const current = '{ viewerImpersonation { user { id } impersonator { id } } }';
const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }`;
const rename = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }`;

describe('whoever runs the platform', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let chief: SignedIn;
  beforeAll(async () => {
    users = await givenUsers();
    chief = await signIn(await users.given.person({ isSuperUser: true, displayName: 'Chief' }));
  });
  afterAll(() => users.stop());

  type Person = Awaited<ReturnType<typeof users.given.person>>;
  type SignedIn = Person & { readonly viewer: Viewer };

  /** With a session of the database, as the router would say. */
  async function signIn(person: Person): Promise<SignedIn> {
    const { data } = await users.anonymous.execute(login, { input: { email: person.email, password } });
    const { sid } = decodeJwt(data.login.tokens.accessToken) as { sid: string };
    return { ...person, viewer: { ...person.viewer, sessionId: sessionIds.decode(sid) } };
  }
  async function begin(person: Person, viewer: Viewer | null = chief.viewer, reason = 'A ticket of yours.') {
    const input = { userId: person.publicId, reason };
    const { data, codes } = await users.as(viewer).execute(start, { input });
    const payload = data?.startImpersonation;
    return { ...payload, refusal: codes[0] ?? payload?.userErrors[0]?.code };
  }
  /** The viewer that the router makes of the token. */
  function viewerOf(accessToken: string): Viewer {
    const { sub, sid, role, act } = decodeJwt(accessToken) as {
      sub: string;
      sid: string;
      role: string[];
      act: { sub: string };
    };
    return {
      ...chief.viewer,
      id: userIds.decode(sub),
      impersonatorId: userIds.decode(act.sub),
      sessionId: sessionIds.decode(sid),
      roles: role,
    };
  }
  const verdict = ({ id: userId, sessionId }: Viewer) =>
    users.revocations.check({ sessionId, tokenId: 't', userId, epoch: 0 });

  it('looks as somebody else by a token that says who acts, and changes nothing', async () => {
    const person = await users.given.person();
    const { impersonation, accessToken, accessTokenExpiresAt } = await begin(person);
    expect(impersonation).toMatchObject({
      user: { id: person.publicId },
      impersonator: { id: chief.publicId },
      endedAt: null,
    });
    const claims = decodeJwt(accessToken);
    expect(claims).toMatchObject({
      sub: person.publicId,
      role: ['REGULAR'],
      act: { sub: chief.publicId, sid: sessionIds.encode(chief.viewer.sessionId), epoch: 0 },
    });
    expect(claims.exp! - claims.iat!).toBe(900);
    expect(Date.parse(accessTokenExpiresAt)).toBe(claims.exp! * 1_000);

    const looking = users.as(viewerOf(accessToken));
    expect((await looking.execute('{ me { id email } }')).data.me).toEqual({
      id: person.publicId,
      email: person.email,
    });
    const names = [chief.publicId, person.publicId].map((id) => ({ id }));
    expect((await looking.execute(current)).data.viewerImpersonation).toEqual({
      user: names[1],
      impersonator: names[0],
    });
    const input = { expectedVersion: 1, displayName: 'Changed' };
    expect((await looking.execute(rename, { input })).codes).toEqual(['FORBIDDEN']);
    expect((await looking.execute('{ sessions(first: 1) { nodes { id } } }')).codes).toEqual(['FORBIDDEN']);
    const events = await looking.execute('{ me { securityEvents(first: 1) { nodes { id } } } }');
    expect(events.codes).toEqual(['FORBIDDEN']);
  });

  it('has no session of the person: there is nothing to exchange, and the list of devices does not grow', async () => {
    const person = await signIn(await users.given.person());
    await begin(person);
    const { data } = await users.as(person.viewer).execute('{ sessions(first: 5) { nodes { isCurrent } } }');
    expect(data.sessions.nodes).toEqual([{ isCurrent: true }]);
  });

  it('is announced to the person by mail, in their language and with the reason, and told to the others', async () => {
    const person = await users.given.person();
    await begin(person, chief.viewer, 'You asked us for help.');
    await users.runAdded({ name: 'mailAboutImpersonation' });
    const letters = users.mails.filter(({ to }) => to === person.email);
    expect(letters.map(({ subject }) => subject)).toEqual([
      'Echipa noastră vede platforma în locul dumneavoastră',
    ]);
    expect(letters[0]!.text).toContain('You asked us for help.');
    expect((await users.messages(person.publicId)).map(({ type }) => type)).toContain(
      'impersonation.started',
    );
  });

  it('is on record: who, as whom, why, and that it ended', async () => {
    const person = await users.given.person();
    const { impersonation, accessToken } = await begin(person);
    await users.as(viewerOf(accessToken)).execute(end);
    const lines = await auditLines(users.db, impersonation.id);
    expect(lines.map(({ action }) => action)).toEqual(['impersonation.started', 'impersonation.ended']);
    expect(lines[0]).toMatchObject({
      actor: { id: chief.id },
      personId: person.id,
      reason: 'A ticket of yours.',
    });
    expect(lines[1]).toMatchObject({ actor: { id: chief.id }, onBehalfOfId: person.id });
  });

  describe('looks no more', () => {
    it('after ending it with its token, or with the own one; again ends nothing', async () => {
      for (const byOwn of [false, true]) {
        const { accessToken } = await begin(await users.given.person());
        const viewer = viewerOf(accessToken);
        expect(await verdict(viewer)).toBe('valid');
        const ending = byOwn ? chief.viewer : viewer;
        for (let again = 0; again < 2; again++)
          expect((await users.as(ending).execute(end)).data.endImpersonation).toEqual({
            hasEnded: true,
            userErrors: [],
          });
        expect(await verdict(viewer)).toBe('revoked');
        expect((await users.as(chief.viewer).execute(current)).data.viewerImpersonation).toBeNull();
      }
    });

    it('as the one before, when beginning with the next one, also with two at once', async () => {
      const [first, second, third] = await Promise.all([1, 2, 3].map(() => users.given.person()));
      const before = viewerOf((await begin(first!)).accessToken);
      const both = await Promise.all([begin(second!), begin(third!)]);
      expect(await verdict(before)).toBe('revoked');
      const verdicts = await Promise.all(both.map(({ accessToken }) => verdict(viewerOf(accessToken))));
      expect(verdicts.sort()).toEqual(['revoked', 'valid']);
    });

    it('when its time is over: then it is nobody’s any more', async () => {
      const { impersonation } = await begin(await users.given.person());
      users.clock.advance(900_000);
      expect((await users.as(chief.viewer).execute(current)).data.viewerImpersonation).toBeNull();
      await users.as(chief.viewer).execute(end);
      expect(await auditLines(users.db, impersonation.id)).toHaveLength(1);
      chief = await signIn(chief);
    });

    it('even if this process dies before it tells: a job does', async () => {
      const { accessToken } = await begin(await users.given.person());
      const { sessionId } = viewerOf(accessToken);
      await users.as(chief.viewer).execute(end);
      users.endsTold.length = 0;
      await users.runAdded(announceRevocation);
      expect(users.endsTold.map((told) => told.sessionId)).toContain(sessionId);
    });
  });

  describe('does not begin', () => {
    it('as another super user, as themselves, or as whoever is kept out', async () => {
      const other = await users.given.person({ isSuperUser: true });
      expect((await begin(other)).refusal).toBe('CONFLICT');
      expect((await begin(chief)).refusal).toBe('CONFLICT');
      const suspended = await users.given.person();
      const suspendedAt = users.clock.now();
      await users.db.account.update({ where: { id: suspended.id }, data: { suspendedAt } });
      expect((await begin(suspended)).refusal).toBe('CONFLICT');
      expect((await begin(await users.given.person({ isVerified: false }))).refusal).toBe('NOT_FOUND');
      await users.db.account.update({ where: { id: other.id }, data: { isSuperUser: false } });
    });

    it('without a recent sign-in, or in a session that has ended', async () => {
      const person = await users.given.person();
      users.clock.advance(15 * 60_000 + 1);
      expect((await begin(person)).refusal).toBe('RECENT_SIGN_IN_REQUIRED');
      expect((await begin(person, { ...chief.viewer, sessionId: sessionIds.create() })).refusal).toBe(
        'RECENT_SIGN_IN_REQUIRED',
      );
      chief = await signIn(chief);
      expect((await begin(person)).refusal).toBeUndefined();
    });

    it('without a reason', async () => {
      const answer = await begin(await users.given.person(), chief.viewer, ' ');
      expect(answer.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['reason'] }]);
    });

    it.each<[string, ((viewer: Viewer) => Viewer) | null, string]>([
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a member', (viewer) => viewer, 'FORBIDDEN'],
      ['an ambassador', (viewer) => withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' }), 'FORBIDDEN'],
      ['whoever only claims to be a super user', (viewer) => withRole(viewer, 'SUPER_USER'), 'FORBIDDEN'],
      ['whoever impersonates already', () => ({ ...chief.viewer, impersonatorId: chief.id }), 'FORBIDDEN'],
    ])('by %s', async (_name, as, code) => {
      const [actor, person] = [await signIn(await users.given.person()), await users.given.person()];
      const viewer = as && as(actor.viewer);
      expect((await begin(person, viewer)).refusal).toBe(code);
      expect(await users.db.impersonation.count({ where: { accountId: person.id } })).toBe(0);
    });

    it.each<[string, boolean, string]>([
      ['a visitor', false, 'UNAUTHENTICATED'],
      ['a member', true, 'FORBIDDEN'],
    ])('and is not ended by %s', async (_name, isMember, code) => {
      const { accessToken } = await begin(await users.given.person());
      const member = await users.given.person();
      expect((await users.as(isMember ? member.viewer : null).execute(end)).codes).toEqual([code]);
      expect(await verdict(viewerOf(accessToken))).toBe('valid');
    });
  });
});
