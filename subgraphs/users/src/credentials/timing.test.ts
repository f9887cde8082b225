import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers, password } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';

const pairs = 25;
const rounds = 4;
const person = { displayName: 'Ana', countryOfOrigin: 'RO', countryOfResidence: 'DE', languages: ['ro'] };

const operations: [string, string, (email: string) => object][] = [
  ['login', 'LoginInput', (email) => ({ email, password: 'not the password' })],
  ['register', 'RegisterInput', (email) => ({ ...person, email, password })],
  ['requestPasswordReset', 'RequestPasswordResetInput', (email) => ({ email })],
  ['requestEmailCode', 'RequestEmailCodeInput', (email) => ({ email })],
  ['loginWithEmailCode', 'LoginWithEmailCodeInput', (email) => ({ email, code: 'abcdef' })],
  [
    'resetPassword',
    'ResetPasswordInput',
    (email) => ({ email, code: 'abcdef', newPassword: 'a horse of another colour' }),
  ],
];

const codesOf: Readonly<Record<string, 'sign-in' | 'reset-password'>> = {
  loginWithEmailCode: 'sign-in',
  resetPassword: 'reset-password',
};

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** One takes less than half as much longer than the other, mostly. */
const isEven = (ratios: readonly number[]): boolean =>
  ratios.length > 0 && Math.abs(Math.log(median(ratios))) < Math.log(1.5);

/**
 * With the cheapest bcrypt there is, and with one that is dear: the one shows a difference in the work around it, the
 * other whether it is left out. Each call meets an address that was not asked about before.
 */
describe.each([4, 8])(
  'the time an answer takes does not tell whether an address is known, at cost %i',
  (bcryptCost) => {
    let users: Awaited<ReturnType<typeof givenUsers>>;
    beforeAll(async () => {
      users = await givenUsers({ bcryptCost });
    });
    afterAll(() => users.stop());

    it.each(operations)('%s', async (name, type, input) => {
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
      const timed = async (email: string) => {
        const variables = { input: input(email) };
        const start = performance.now();
        const { codes } = await users.anonymous.execute(document, variables);
        expect(codes).toEqual([]);
        return performance.now() - start;
      };
      const door = signingIn(users);
      const ratios: number[] = [];
      let count = 0;
      /** Known against unknown, one right after the other: what slows the machine down slows both. */
      const measure = async () => {
        const { email } = await users.given.person();
        const purpose = codesOf[name];
        if (purpose) await door.mailedCode(email, purpose);
        const stranger = `${name}-${++count}@unknown.example`;
        const isKnownFirst = count % 2 === 0;
        const first = await timed(isKnownFirst ? email : stranger);
        const second = await timed(isKnownFirst ? stranger : email);
        return isKnownFirst ? first / second : second / first;
      };
      for (let warmUp = 0; warmUp < 5; warmUp++) await measure();
      // A machine that is busy with something else gets more rounds; a difference shows in all of them.
      for (let round = 0; round < rounds && !isEven(ratios); round++)
        for (let pair = 0; pair < pairs; pair++) ratios.push(await measure());
      expect(isEven(ratios)).toBe(true);
    });
  },
);
