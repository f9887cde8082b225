import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailAboutAccount } from '../jobs.js';
import { givenUsers, password } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';

const pairs = 25;
const mostRounds = 10;
const person = { displayName: 'Ana', countryOfOrigin: 'RO', countryOfResidence: 'DE', languages: ['ro'] };

interface Operation {
  readonly input: (email: string) => object;
  /** What a known address was mailed before, where the operation takes a code. */
  readonly mailed?: 'sign-in' | 'reset-password' | 'verification';
  /** The known address is of a registration that waits for its proof. */
  readonly isUnproved?: true;
  /** Asked by somebody who is signed in, about an address that may be somebody else's. */
  readonly asMember?: true;
}

const operations: Readonly<Record<string, Operation>> = {
  login: { input: (email) => ({ email, password: 'not the password' }) },
  register: { input: (email) => ({ ...person, email, password }) },
  resendVerification: { input: (email) => ({ email }), isUnproved: true },
  verifyEmail: {
    input: (email) => ({ email, code: 'abcdef', password }),
    mailed: 'verification',
    isUnproved: true,
  },
  requestPasswordReset: { input: (email) => ({ email }) },
  requestEmailCode: { input: (email) => ({ email }) },
  loginWithEmailCode: { input: (email) => ({ email, code: 'abcdef' }), mailed: 'sign-in' },
  resetPassword: {
    input: (email) => ({ email, code: 'abcdef', newPassword: 'a horse of another colour' }),
    mailed: 'reset-password',
  },
  changeEmail: { input: (newEmail) => ({ newEmail, password }), asMember: true },
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

    /** The address of an account, as it is when the operation is asked for. */
    async function knownAddress({ isUnproved, mailed }: Operation): Promise<string> {
      const { email } = await users.given.person({ isVerified: !isUnproved });
      if (mailed === 'verification') await users.run(mailAboutAccount, { emailKey: email });
      else if (mailed) await signingIn(users).mailedCode(email, mailed);
      return email;
    }

    it.each(Object.entries(operations))(
      '%s',
      async (name, operation) => {
        const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
        const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
        const ratios: number[] = [];
        let count = 0;
        /** Known against unknown, one right after the other: what slows the machine down slows both. */
        const measure = async () => {
          const known = await knownAddress(operation);
          const asking = operation.asMember ? users.as((await users.given.person()).viewer) : users.anonymous;
          const timed = async (email: string) => {
            const variables = { input: operation.input(email) };
            const start = performance.now();
            const { codes } = await asking.execute(document, variables);
            expect(codes).toEqual([]);
            return performance.now() - start;
          };
          const stranger = `${name}-${++count}@unknown.example`;
          const isKnownFirst = count % 2 === 0;
          const first = await timed(isKnownFirst ? known : stranger);
          const second = await timed(isKnownFirst ? stranger : known);
          return isKnownFirst ? first / second : second / first;
        };
        for (let warmUp = 0; warmUp < 5; warmUp++) await measure();
        // A machine that is busy with something else gets more rounds; a difference shows in all of them.
        for (let round = 0; round < mostRounds && !isEven(ratios); round++)
          for (let pair = 0; pair < pairs; pair++) ratios.push(await measure());
        expect(isEven(ratios)).toBe(true);
      },
      300_000,
    );
  },
);
