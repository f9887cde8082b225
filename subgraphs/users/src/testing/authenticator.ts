import { generate } from 'otplib';
import type { TestClient } from '@diaspora/kit/testing';
import { password, type givenUsers } from './given.js';
import type { signingIn } from './signing-in.js';

const enrol = `mutation ($input: EnrolTotpInput!) { enrolTotp(input: $input) { secret uri userErrors { code path } } }`;
const confirm = `mutation ($input: ConfirmTotpInput!) { confirmTotp(input: $input) { recoveryCodes userErrors { code path } } }`;
const complete = `mutation ($input: CompleteSignInInput!) {
  completeSignIn(input: $input) {
    tokens { accessToken refreshToken } user { id } deviceToken userErrors { code path }
  }
}`;

/** An authenticator app, and the second half of signing in. */
export function authenticator(
  users: Awaited<ReturnType<typeof givenUsers>>,
  door: ReturnType<typeof signingIn>,
) {
  const codeOf = (secret: string): Promise<string> =>
    generate({ secret, epoch: Math.floor(users.clock.now().getTime() / 1_000) });
  /** The code of the next period: the one before may have been used. */
  const nextCodeOf = (secret: string): Promise<string> => {
    users.clock.advance(30_000);
    return codeOf(secret);
  };
  const enrols = async (as: TestClient, secret = password) =>
    (await as.execute(enrol, { input: { password: secret } })).data?.enrolTotp;
  const confirms = async (as: TestClient, code: string) =>
    (await as.execute(confirm, { input: { code } })).data?.confirmTotp;

  return {
    codeOf,
    nextCodeOf,
    enrols,
    confirms,
    /** Somebody with an authenticator app, signed in where they set it up. */
    equipped: async (person?: Parameters<typeof door.signedIn>[0]) => {
      const signedIn = await door.signedIn(person);
      const { secret } = await enrols(signedIn.as);
      const { recoveryCodes } = await confirms(signedIn.as, await codeOf(secret));
      return { ...signedIn, secret: secret as string, recoveryCodes: recoveryCodes as string[] };
    },
    challenge: async (email: string, secret = password): Promise<string> =>
      (await door.signIn(email, secret)).challenge.token,
    completes: (challenge: string, proof: object, client: TestClient = users.anonymous) =>
      client.execute(complete, { input: { challenge, ...proof } }),
  };
}
