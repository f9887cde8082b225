import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClient } from '@diaspora/kit/testing';
import { noticeAccount } from '../jobs.js';
import { authenticator } from '../testing/authenticator.js';
import { givenUsers, password } from '../testing/given.js';
import { otherCode, signingIn } from '../testing/signing-in.js';

const disable = `mutation ($input: DisableTotpInput!) { disableTotp(input: $input) { isDisabled userErrors { code path } } }`;
const regenerate = `mutation ($input: RegenerateRecoveryCodesInput!) {
  regenerateRecoveryCodes(input: $input) { recoveryCodes userErrors { code path } }
}`;
const credentials = `{ credentials { secondFactorAt recoveryCodesLeft trustedDevices { id device } } }`;

describe('the second factor', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  let app: ReturnType<typeof authenticator>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
    app = authenticator(users, door);
  });
  afterAll(() => users.stop());

  const disables = async (as: TestClient, secret = password) =>
    (await as.execute(disable, { input: { password: secret } })).data.disableTotp;
  const regenerates = async (as: TestClient, secret = password) =>
    (await as.execute(regenerate, { input: { password: secret } })).data.regenerateRecoveryCodes;
  const own = async (as: TestClient) => (await as.execute(credentials)).data.credentials;

  describe('setting an authenticator app up', () => {
    it('shows a secret to whoever knows the password, and counts once a code of it is proved', async () => {
      const { person, as } = await door.signedIn();
      const { secret, uri } = await app.enrols(as);
      expect(secret).toMatch(/^[A-Z2-7]{32}$/);
      expect(new URL(uri).searchParams.get('secret')).toBe(secret);
      expect(decodeURIComponent(uri)).toContain(person.email);
      expect(await door.signsIn(person.email)).toBe(true);
      const { recoveryCodes } = await app.confirms(as, await app.codeOf(secret));
      expect(new Set(recoveryCodes).size).toBe(10);
      expect(await own(as)).toMatchObject({ secondFactorAt: expect.any(String), recoveryCodesLeft: 10 });
      expect(await door.signsIn(person.email)).toBe(false);
    });

    it('ends every other session; this one goes on', async () => {
      const person = await users.given.person();
      const elsewhere = await door.signedIn(person);
      const { refreshToken } = await app.equipped(person);
      expect((await door.exchange(elsewhere.refreshToken)).tokens).toBeNull();
      expect((await door.exchange(refreshToken)).tokens).not.toBeNull();
      expect(await door.isStale(person.id)).toBe(true);
      expect(await users.audited(person.id)).toContain('factor.enabled');
      await users.runAdded(noticeAccount);
      expect(users.mails.at(-1)!.subject).toContain('al doilea pas');
    });

    it('is refused without the password, and for a wrong code', async () => {
      const { as, person } = await door.signedIn();
      expect((await app.enrols(as, 'not the password')).userErrors).toEqual([
        { code: 'INVALID_CREDENTIALS', path: ['password'] },
      ]);
      const { secret } = await app.enrols(as);
      const wrong = otherCode(await app.codeOf(secret));
      for (const code of [wrong, '', '12345', 'abcdef', '1234567']) {
        expect((await app.confirms(as, code)).userErrors).toEqual([
          { code: 'INVALID_INPUT', path: ['code'] },
        ]);
        users.clock.advance(5_000);
      }
      expect(await door.signsIn(person.email)).toBe(true);
    });

    it('shows one set of recovery codes when the right code arrives twice at once', async () => {
      const { person, as } = await door.signedIn();
      const { secret } = await app.enrols(as);
      const code = await app.codeOf(secret);
      const answers = await Promise.all([app.confirms(as, code), app.confirms(as, code)]);
      expect(answers.filter((answer) => answer.recoveryCodes)).toHaveLength(1);
      expect(await users.db.recoveryCode.count({ where: { accountId: person.id } })).toBe(10);
    });

    it('does not replace one that counts', async () => {
      const { as } = await app.equipped();
      expect((await app.enrols(as)).userErrors).toEqual([{ code: 'CONFLICT', path: null }]);
    });

    it('keeps the secret sealed, and hashes of all else', async () => {
      const { person, secret, recoveryCodes } = await app.equipped();
      const challenge = await app.challenge(person.email);
      const answer = await app.completes(challenge, { recoveryCode: recoveryCodes[0], trustDevice: true });
      const where = { accountId: person.id };
      const rows = await Promise.all([
        users.db.totpFactor.findMany({ where }),
        users.db.recoveryCode.findMany({ where }),
        users.db.trustedDevice.findMany({ where }),
      ]);
      const stored = JSON.stringify(rows);
      const secrets = [
        secret,
        recoveryCodes[1]!,
        recoveryCodes[1]!.replace('-', ''),
        answer.data.completeSignIn.deviceToken,
      ];
      expect(secrets.filter((each) => stored.includes(each))).toEqual([]);
    });
  });

  describe('recovery codes', () => {
    it('are good once, however they are typed', async () => {
      const { person, as, recoveryCodes } = await app.equipped();
      const [code] = recoveryCodes;
      const typed = ` ${code!.toLowerCase().replace('-', ' ')}`;
      const enters = async (recoveryCode: string) =>
        (await app.completes(await app.challenge(person.email), { recoveryCode })).data.completeSignIn;
      expect((await enters(typed)).tokens).not.toBeNull();
      expect((await enters(code!)).userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['recoveryCode'] }]);
      expect((await own(as)).recoveryCodesLeft).toBe(9);
      await users.runAdded(noticeAccount);
      expect(users.mails.at(-1)!.subject).toContain('cod de recuperare');
    });

    it('make one session when one of them arrives twice at once', async () => {
      const { person, recoveryCodes } = await app.equipped();
      const challenges = [await app.challenge(person.email), await app.challenge(person.email)];
      const answers = await Promise.all(
        challenges.map((challenge) => app.completes(challenge, { recoveryCode: recoveryCodes[0] })),
      );
      expect(answers.filter((answer) => answer.data.completeSignIn.tokens)).toHaveLength(1);
    });

    it('are replaced by new ones with the password', async () => {
      const { person, as, recoveryCodes } = await app.equipped();
      expect((await regenerates(as, 'not the password')).userErrors[0].code).toBe('INVALID_CREDENTIALS');
      const made = (await regenerates(as)).recoveryCodes as string[];
      expect(made).toHaveLength(10);
      const enters = async (recoveryCode: string) =>
        (await app.completes(await app.challenge(person.email), { recoveryCode })).data.completeSignIn;
      expect((await enters(recoveryCodes[0]!)).tokens).toBeNull();
      expect((await enters(made[0]!)).tokens).not.toBeNull();
      expect(await users.audited(person.id)).toContain('factor.recoveryCodesMade');
    });

    it('are made for whoever has an authenticator app only', async () => {
      const { as } = await door.signedIn();
      expect((await regenerates(as)).userErrors).toEqual([{ code: 'CONFLICT', path: null }]);
    });
  });

  describe('disabling it', () => {
    it('takes the password, and removes all that belongs to it', async () => {
      const { person, as, secret, recoveryCodes } = await app.equipped();
      const challenge = await app.challenge(person.email);
      await app.completes(challenge, { code: await app.nextCodeOf(secret), trustDevice: true });
      expect((await disables(as, 'not the password')).userErrors).toEqual([
        { code: 'INVALID_CREDENTIALS', path: ['password'] },
      ]);
      const early = await app.challenge(person.email);
      expect(await disables(as)).toEqual({ isDisabled: true, userErrors: [] });
      expect(await own(as)).toEqual({ secondFactorAt: null, recoveryCodesLeft: 0, trustedDevices: [] });
      expect(await door.signsIn(person.email)).toBe(true);
      const late = await app.completes(early, { recoveryCode: recoveryCodes[0] });
      expect(late.data.completeSignIn.userErrors).toEqual([{ code: 'CHALLENGE_ENDED', path: ['challenge'] }]);
      expect(await users.audited(person.id)).toContain('factor.disabled');
      expect(await disables(as)).toEqual({ isDisabled: true, userErrors: [] });
    });

    it('makes what was challenged before void, also when another app is set up at once', async () => {
      const { person, as, recoveryCodes } = await app.equipped();
      const challenge = await app.challenge(person.email);
      await disables(as);
      const { secret } = await app.enrols(as);
      users.clock.advance(30_000);
      await app.confirms(as, await app.codeOf(secret));
      for (const proof of [{ code: await app.nextCodeOf(secret) }, { recoveryCode: recoveryCodes[0] }]) {
        const answer = await app.completes(challenge, proof);
        expect(answer.data.completeSignIn.userErrors[0].code).toBe('CHALLENGE_ENDED');
      }
    });
  });

  it('is changed in person only, and nobody else’s devices are to be seen or forgotten', async () => {
    const { viewer, person, secret } = await app.equipped();
    const challenge = await app.challenge(person.email);
    await app.completes(challenge, { code: await app.nextCodeOf(secret), trustDevice: true });
    const stranger = await door.signedIn();
    const [device] = (await own(users.as(viewer))).trustedDevices;
    const forget = `mutation ($input: ForgetTrustedDeviceInput!) { forgetTrustedDevice(input: $input) { isForgotten userErrors { code } } }`;
    const operations: [string, object][] = [
      [credentials, {}],
      [disable, { input: { password } }],
      [regenerate, { input: { password } }],
      [forget, { input: { deviceId: device.id } }],
    ];
    const codes = (as: TestClient) =>
      Promise.all(
        operations.map(async ([query, variables]) => (await as.execute(query, { ...variables })).codes[0]),
      );
    expect(await codes(users.anonymous)).toEqual(Array(4).fill('UNAUTHENTICATED'));
    expect(await codes(users.as({ ...viewer, impersonatorId: stranger.person.id }))).toEqual(
      Array(4).fill('FORBIDDEN'),
    );
    expect(await codes(users.as({ ...viewer, kind: 'service' }))).toEqual(Array(4).fill('FORBIDDEN'));
    const answer = await stranger.as.execute(forget, { input: { deviceId: device.id } });
    expect(answer.data.forgetTrustedDevice.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    expect(await own(users.as(viewer))).toMatchObject({
      recoveryCodesLeft: 10,
      trustedDevices: [{ id: device.id }],
    });
    await users.as(viewer).execute(forget, { input: { deviceId: device.id } });
    expect((await own(users.as(viewer))).trustedDevices).toEqual([]);
  });
});
