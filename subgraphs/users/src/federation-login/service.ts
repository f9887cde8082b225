import { AppError, type Origin, type Viewer } from '@diaspora/kit';
import { emailKeyOf, lockAccount, type Accounts } from '../accounts/index.js';
import type { Account } from '../__generated__/prisma/client.js';
import type { Attempts } from '../budgets/index.js';
import type { Transaction } from '../database.js';
import type { SignedIn, SignIn, SignInAs } from '../sessions/index.js';
import type { Claims } from './claims.js';
import { createIdentities, type IdentityDependencies } from './identities.js';
import type { Question, Pending } from './pending.js';
import type { IdentityProviders } from './providers.js';
import { describeNewcomer, readCallback, type Newcomer } from './rules.js';

export interface FederationDependencies extends IdentityDependencies {
  readonly attempts: Attempts;
  readonly accounts: Pick<Accounts, 'registerProved' | 'askForProof' | 'registerByCode'>;
  readonly signInAs: SignInAs;
  readonly pending: Pending;
  readonly providers: IdentityProviders;
  readonly redirectUris: readonly string[];
}

export interface Begin {
  readonly provider: string;
  readonly redirectUri: string;
}

export interface Callback {
  readonly secret: string;
  readonly callbackUrl: string;
  /** Of a device that the person may trust. */
  readonly deviceToken?: string | null | undefined;
}

/** Somebody whom a provider knows, and who has no account yet. */
export interface Arrival {
  readonly claims: Claims;
  readonly expiresAt: Date;
}

export interface Registration extends Newcomer {
  readonly secret: string;
  /** Where the provider does not vouch for one. */
  readonly email?: string | null | undefined;
  /** As it was mailed there. */
  readonly code?: string | null | undefined;
}

/** Signing in with other sites (ADR 19). */
export function createFederation(dependencies: FederationDependencies) {
  const { db, attempts, accounts, signInAs, pending, providers, redirectUris } = dependencies;
  const identities = createIdentities(dependencies);

  async function begin({ provider, redirectUri }: Begin, origin: Origin, accountId: string | null = null) {
    providers.assertKnown(provider);
    if (!redirectUris.includes(redirectUri))
      throw new AppError('INVALID_INPUT', 'Nobody may be sent back there.', { path: ['redirectUri'] });
    await attempts.begin(null, origin);
    const proof = pending.drawProof();
    const authorizationUrl = await providers.authorizationUrl(provider, redirectUri, proof);
    const asked = await pending.ask({ ...proof, provider, redirectUri, accountId });
    return { authorizationUrl, ...asked };
  }

  /** Who came back, for whom it was asked. The question is gone whatever the answer says. */
  async function answerTo({ secret, callbackUrl }: Callback, origin: Origin, accountId: string | null) {
    const { search, state } = readCallback(callbackUrl);
    await attempts.begin(null, origin);
    const question = await pending.takeQuestion(state, secret);
    if (!question || question.accountId !== accountId) throw unasked();
    return providers.redeem(question.provider, wayBack(question, search), question);
  }

  /** Where the provider was told to send people: what else a client says of it is not looked at. */
  const wayBack = ({ redirectUri }: Question, search: string): URL => {
    const url = new URL(redirectUri);
    url.search = search;
    return url;
  };

  async function complete(callback: Callback, origin: Origin): Promise<SignedIn | { arrival: Arrival }> {
    const claims = await answerTo(callback, origin, null);
    const signIn = { method: 'federated', origin, deviceToken: callback.deviceToken } as const;
    const identity = await identities.find(claims);
    if (identity) {
      const spend = (tx: Transaction) => identities.use(tx, identity, claims);
      return signInAs(identity.account, { ...signIn, spend });
    }
    const account = await vouchedFor(claims);
    if (account) return linkAndSignIn(account, claims, signIn);
    return { arrival: { claims, expiresAt: await pending.keepAnswer(claims, callback.secret) } };
  }

  /** Whose proved address the provider vouches for. Of an address that nobody proved it says nothing about an account. */
  const vouchedFor = async ({ email, isEmailProved }: Claims): Promise<Account | null> =>
    email !== null && isEmailProved
      ? db.account.findFirst({ where: { emailKey: emailKeyOf(email), emailVerifiedAt: { not: null } } })
      : null;

  /** The provider vouches for an address, which the account was proved to own: both are one person. */
  const linkAndSignIn = (account: Account, claims: Claims, signIn: SignIn) =>
    signInAs(account, {
      ...signIn,
      spend: async (tx) => {
        const isSame = { id: account.id, emailKey: account.emailKey, emailVerifiedAt: { not: null } };
        if ((await tx.account.count({ where: isSame })) === 0) throw unasked();
        await identities.link(tx, account.id, claims, { origin: signIn.origin, isUsed: true });
      },
    });

  /** An account without a password: for an address that the provider vouches for, or that a mailed code proves. */
  async function register({ secret, email, code, ...said }: Registration, origin: Origin): Promise<SignedIn> {
    await attempts.begin(null, origin); // Before the secret is looked at.
    const claims = await pending.seeAnswer(secret);
    if (!claims) throw unasked();
    const described = describeNewcomer(said, claims);
    const arrive = async (tx: Transaction, { id }: Account): Promise<void> => {
      if (!(await pending.takeAnswer(tx, secret))) throw unasked();
      await identities.link(tx, id, claims, { origin, isUsed: true });
    };
    const account =
      claims.email !== null && claims.isEmailProved
        ? await registerVouched({ email: claims.email, ...described }, arrive, origin)
        : await registerUnvouched({ email: email ?? claims.email, code, ...described }, arrive, origin);
    return signInAs(account, { method: 'federated', origin });
  }

  async function registerVouched(
    person: Parameters<Accounts['registerProved']>[1],
    arrive: (tx: Transaction, account: Account) => Promise<void>,
    origin: Origin,
  ): Promise<Account> {
    await attempts.request(origin);
    return db.$transaction(async (tx) => {
      const account = await accounts.registerProved(tx, person);
      await arrive(tx, account);
      return account;
    });
  }

  async function registerUnvouched(
    { email, code, ...person }: ReturnType<typeof describeNewcomer> & Pick<Registration, 'code' | 'email'>,
    arrive: (tx: Transaction, account: Account) => Promise<void>,
    origin: Origin,
  ): Promise<Account> {
    if (email == null) throw new AppError('INVALID_INPUT', 'What is your address?', { path: ['email'] });
    if (code != null) return accounts.registerByCode({ ...person, email, code }, origin, arrive);
    await accounts.askForProof({ ...person, email }, origin);
    throw codeWanted();
  }

  return {
    providers: providers.list,
    nameOf: (key: string) => providers.nameOf(key),
    begin,
    complete,
    register,
    ...identities,

    beginLink: async (
      { password, ...input }: Begin & { password?: string | null | undefined },
      viewer: Viewer,
      origin: Origin,
    ) => {
      await identities.proveOwner(viewer, password, origin);
      return begin(input, origin, viewer.id);
    },

    completeLink: async (callback: Callback, accountId: string, origin: Origin) => {
      const claims = await answerTo(callback, origin, accountId);
      return db.$transaction(async (tx) => {
        await lockAccount(tx, accountId);
        return identities.link(tx, accountId, claims, { origin, isUsed: false });
      });
    },

    forget: pending.forget,
  };
}

const unasked = () =>
  new AppError('FEDERATION_REFUSED', 'This sign-in was not begun here, is over, or was completed already.');
const codeWanted = () =>
  new AppError('EMAIL_CODE_WANTED', 'A mail with a code is on its way: call again with the code.', {
    path: ['code'],
  });
