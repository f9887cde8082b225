import { mailCode } from '../jobs.js';
import { sessionIds } from '../ids.js';
import { password, type givenUsers } from './given.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

const login = `mutation ($input: LoginInput!) {
  login(input: $input) { tokens { accessToken refreshToken } user { id } challenge { token } userErrors { code } }
}`;
const refresh = `mutation ($input: RefreshSessionInput!) {
  refreshSession(input: $input) { tokens { accessToken refreshToken } userErrors { code } }
}`;

/** What tests of credentials do over and over. */
export function signingIn(users: Users) {
  const signIn = async (email: string, secret = password) =>
    (await users.anonymous.execute(login, { input: { email, password: secret } })).data?.login;

  return {
    signIn,
    signsIn: async (email: string, secret = password): Promise<boolean> =>
      (await signIn(email, secret))?.tokens != null,
    exchange: async (refreshToken: string) =>
      (await users.anonymous.execute(refresh, { input: { refreshToken } })).data.refreshSession,
    /** Somebody who has signed in: as whom to act, and the refresh token. */
    signedIn: async (given?: Person) => {
      const person = given ?? (await users.given.person());
      const { tokens } = await signIn(person.email);
      const sessionId = sessionIds.decode(tokens.refreshToken.split('.')[0]);
      const viewer = { ...person.viewer, sessionId };
      return { person, viewer, as: users.as(viewer), refreshToken: tokens.refreshToken as string };
    },
    /** Runs the job that mails a code, and reads the code out of the mail; empty when there was none. */
    mailedCode: async (emailKey: string, purpose: 'reset-password' | 'sign-in'): Promise<string> => {
      const before = users.mails.length;
      await users.run(mailCode, { emailKey, purpose });
      return /\b\d{6}\b/.exec(users.mails.slice(before).at(-1)?.text ?? '')?.[0] ?? '';
    },
    isStale: async (accountId: string): Promise<boolean> => {
      const facts = { sessionId: 's', tokenId: 't', userId: accountId, epoch: 0 };
      return (await users.revocations.check(facts)) === 'stale';
    },
  };
}

export const otherCode = (code: string): string => (code === '000000' ? '000001' : '000000');
