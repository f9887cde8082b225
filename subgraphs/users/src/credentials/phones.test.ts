import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@diaspora/kit';
import type { TestClient } from '@diaspora/kit/testing';
import { givenUsers, password } from '../testing/given.js';
import { otherCode, signingIn } from '../testing/signing-in.js';

const add = `mutation ($input: AddPhoneInput!) { addPhone(input: $input) { isTexted userErrors { code path } } }`;
const verify = `mutation ($input: VerifyPhoneInput!) { verifyPhone(input: $input) { phoneNumber userErrors { code path } } }`;
const remove = `mutation ($input: RemovePhoneInput!) { removePhone(input: $input) { isRemoved userErrors { code path } } }`;
const credentials = '{ credentials { phoneNumber } }';

describe('telephones', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
  });
  afterAll(() => users.stop());

  let count = 0;
  const newNumber = () => `+4930900${String(++count).padStart(4, '0')}`;
  const adds = (as: TestClient, phoneNumber: string, secret = password) =>
    as.execute(add, { input: { password: secret, phoneNumber } });
  const proves = async (as: TestClient, code: string) =>
    (await as.execute(verify, { input: { code } })).data?.verifyPhone;
  const textedCode = () => /\b\d{6}\b/.exec(users.texts.at(-1)!.text)![0];
  const numberOf = async (as: TestClient) => (await as.execute(credentials)).data.credentials.phoneNumber;

  it('are proved by the texted code, and removed again', async () => {
    const { person, as } = await door.signedIn();
    const number = newNumber();
    expect((await adds(as, number)).data.addPhone).toEqual({ isTexted: true, userErrors: [] });
    expect(users.texts.at(-1)!.to).toBe(number);
    expect(await numberOf(as)).toBeNull();
    expect(await proves(as, textedCode())).toEqual({ phoneNumber: number, userErrors: [] });
    expect(await numberOf(as)).toBe(number);
    const removed = (await as.execute(remove, { input: { password } })).data.removePhone;
    expect(removed).toEqual({ isRemoved: true, userErrors: [] });
    expect(await numberOf(as)).toBeNull();
    expect(await users.audited(person.id)).toEqual(
      expect.arrayContaining(['phone.verified', 'phone.removed']),
    );
  });

  it('take the password', async () => {
    const { as } = await door.signedIn();
    const before = users.texts.length;
    const wrong = [{ code: 'INVALID_CREDENTIALS', path: ['password'] }];
    expect((await adds(as, newNumber(), 'not the password')).data.addPhone.userErrors).toEqual(wrong);
    expect((await as.execute(remove, { input: { password: 'no' } })).data.removePhone.userErrors).toEqual(
      wrong,
    );
    expect(users.texts).toHaveLength(before);
  });

  it('are not proved by a wrong code, nor by the right one after five', async () => {
    const { as } = await door.signedIn();
    await adds(as, newNumber());
    const code = textedCode();
    await Promise.all(Array.from({ length: 12 }, () => proves(as, otherCode(code))));
    users.clock.advance(3_000);
    expect((await proves(as, code)).userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['code'] }]);
    expect(await numberOf(as)).toBeNull();
  });

  it('are proved by the account the code was texted for', async () => {
    const [owner, other] = [await door.signedIn(), await door.signedIn()];
    await adds(owner.as, newNumber());
    expect((await proves(other.as, textedCode())).phoneNumber).toBeNull();
  });

  it('get five texts a day, from however many accounts', async () => {
    const number = newNumber();
    const before = users.texts.length;
    const answers = [];
    for (let index = 0; index < 6; index++) answers.push(await adds((await door.signedIn()).as, number));
    expect(answers.map((answer) => answer.codes[0])).toEqual([...Array(5).fill(undefined), 'RATE_LIMITED']);
    expect(users.texts).toHaveLength(before + 5);
  });

  it('and an account sends five a day, to however many telephones', async () => {
    const { as } = await door.signedIn();
    const answers = [];
    for (let index = 0; index < 6; index++) answers.push(await adds(as, newNumber()));
    expect(answers.map((answer) => answer.codes[0])).toEqual([...Array(5).fill(undefined), 'RATE_LIMITED']);
  });

  it('say when they take no texts, which then costs nothing', async () => {
    const { as } = await door.signedIn();
    users.telephone.fault = new AppError('INVALID_INPUT', 'This number cannot take text messages.');
    const number = newNumber();
    for (let index = 0; index < 7; index++) {
      expect((await adds(as, number)).data.addPhone.userErrors).toEqual([
        { code: 'INVALID_INPUT', path: null },
      ]);
    }
    users.telephone.fault = undefined;
    expect((await adds(as, number)).data.addPhone.isTexted).toBe(true);
  });
});
