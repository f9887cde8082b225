import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Slice } from '@diaspora/kit';
import { getNamedType, isInputObjectType, Kind } from 'graphql';
import { accountsSlice } from '../accounts/index.js';
import { createAttempts, createBudgets } from '../budgets/index.js';
import { clientsSlice } from '../clients/index.js';
import { factorResetsSlice } from '../factor-resets/index.js';
import { factorsSlice } from '../factors/index.js';
import { federationSlice } from '../federation-login/index.js';
import { identityIds } from '../ids.js';
import { mailAboutAccount, mailCode } from '../jobs.js';
import { privacySlice } from '../privacy/index.js';
import { sessionsSlice } from '../sessions/index.js';
import { authenticator } from '../testing/authenticator.js';
import { givenUsers, password } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';
import { credentialsSlice } from './index.js';

type Input = (made: { email: string; challenge: string }) => object;
type Limit =
  /** Wrong guesses lock the account for all of them. */
  | { readonly account: 'lock'; readonly as: 'visitor' | 'viewer'; readonly input: Input }
  /** Whatever is asked for, so many mails go to one mailbox, and nobody is told. */
  | { readonly account: 'mails'; readonly as: 'visitor'; readonly input: Input }
  /** For a reason, by network address only. */
  | {
      readonly account: 'none';
      readonly why: string;
      readonly as: 'visitor' | 'viewer';
      readonly input: Input;
    }
  | { readonly unlimited: string };

const person = {
  displayName: 'Ana',
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  languages: ['ro'],
};
const code = '000000';
const newPassword = 'a horse of another colour';
const lock = (as: 'visitor' | 'viewer', input: Input): Limit => ({ account: 'lock', as, input });
const mails = (input: Input): Limit => ({ account: 'mails', as: 'visitor', input });
const unguessable = (as: 'visitor' | 'viewer', input: Input): Limit => ({
  account: 'none',
  why: 'whose account it is says a secret of 256 bits, which is not guessed; a lock would keep its owner out',
  as,
  input,
});
const callback = { secret: 'x', callbackUrl: 'https://app.example/back?state=x' };
const aboutOthers = {
  unlimited: 'for super users, about others; nothing is guessed, and one at a time is open',
};
const ownSession = { unlimited: 'ends what the viewer has; nothing is guessed, nothing is sent' };
const superUsers = { unlimited: 'for super users, about programs; nothing is guessed, nothing is sent' };

/** How each mutation about credentials is limited, for each network address and for each account. */
const limits: Readonly<Record<string, Limit>> = {
  register: mails(({ email }) => ({ ...person, email, password })),
  verifyEmail: lock('visitor', ({ email }) => ({ email, code, password })),
  resendVerification: mails(({ email }) => ({ email })),
  login: lock('visitor', ({ email }) => ({ email, password })),
  completeSignIn: lock('visitor', ({ challenge }) => ({ challenge, code })),
  requestEmailCode: mails(({ email }) => ({ email })),
  loginWithEmailCode: lock('visitor', ({ email }) => ({ email, code })),
  refreshSession: { unlimited: 'for each session; a token of 256 bits is not guessed' },
  logout: ownSession,
  revokeSession: ownSession,
  logoutEverywhere: ownSession,
  changePassword: lock('viewer', () => ({ password, newPassword })),
  requestPasswordReset: mails(({ email }) => ({ email })),
  resetPassword: lock('visitor', ({ email }) => ({ email, code, newPassword })),
  changeEmail: lock('viewer', () => ({ password, newEmail: 'new@example.org' })),
  confirmEmailChange: lock('viewer', () => ({ code })),
  undoEmailChange: unguessable('visitor', () => ({ key: 'x' })),
  addPhone: lock('viewer', () => ({ password, phoneNumber: '+4930900111' })),
  verifyPhone: lock('viewer', () => ({ code })),
  removePhone: lock('viewer', () => ({ password })),
  enrolTotp: lock('viewer', () => ({ password })),
  confirmTotp: lock('viewer', () => ({ code })),
  disableTotp: lock('viewer', () => ({ password })),
  regenerateRecoveryCodes: lock('viewer', () => ({ password })),
  forgetTrustedDevice: ownSession,
  openFactorReset: aboutOthers,
  confirmFactorReset: aboutOthers,
  withdrawFactorReset: aboutOthers,
  refuseFactorReset: { unlimited: 'ends what is about the viewer; nothing is guessed, nothing is sent' },
  refuseFactorResetByKey: unguessable('visitor', () => ({ key: 'x' })),
  beginFederatedSignIn: { unlimited: 'by network address, once the provider is known; nothing is guessed' },
  completeFederatedSignIn: unguessable('visitor', () => callback),
  registerWithIdentity: unguessable('visitor', () => ({ ...person, secret: 'x' })),
  beginIdentityLink: lock('viewer', () => ({
    provider: 'x',
    redirectUri: 'https://app.example/back',
    password,
  })),
  linkIdentity: unguessable('viewer', () => callback),
  unlinkIdentity: lock('viewer', () => ({ identityId: identityIds.encode(randomUUID()), password })),
  requestDataExport: lock('viewer', () => ({ password })),
  cancelDataExport: ownSession,
  requestErasure: lock('viewer', () => ({ password })),
  cancelErasure: ownSession,
  createServiceAccount: superUsers,
  updateServiceAccount: superUsers,
  rotateServiceSecret: superUsers,
  disableServiceAccount: superUsers,
  enableServiceAccount: superUsers,
  createApiKey: superUsers,
  rotateApiKey: superUsers,
  revokeApiKey: superUsers,
};
/** What proves who somebody is. */
const secrets = /^(password|code|recoveryCode|challenge|secret|key|(access|refresh|device)Token)$/;

/** What a slice adds to Mutation: the input type of each field, by the field's name. */
function mutationsOf({ typeDefs }: Slice): [string, string][] {
  const definitions = typeDefs.definitions;
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_EXTENSION && definition.name.value === 'Mutation'
      ? (definition.fields ?? []).map((field): [string, string] => [
          field.name.value,
          `${field.name.value[0]!.toUpperCase()}${field.name.value.slice(1)}Input`,
        ])
      : [],
  );
}

const slices = [
  ...[accountsSlice, sessionsSlice, credentialsSlice, factorsSlice, federationSlice],
  ...[factorResetsSlice, privacySlice, clientsSlice],
];
const mutations = slices.flatMap(mutationsOf);
const limited = Object.entries(limits).flatMap(([name, limit]) =>
  'unlimited' in limit ? [] : [[name, limit] as const],
);

describe('every mutation about credentials', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  let attempts: ReturnType<typeof createAttempts>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
    const secret = users.config.TOKEN_SECRET;
    attempts = createAttempts({
      budgets: createBudgets({ db: users.db, clock: users.clock, secret }),
      attemptsPerAddress: users.config.ADDRESS_ATTEMPTS,
      requestsPerAddress: users.config.ADDRESS_REQUESTS,
    });
  });
  afterAll(() => users.stop());

  const inputTypes = new Map(mutations);
  const documentOf = (name: string) =>
    `mutation ($input: ${inputTypes.get(name)}!) { ${name}(input: $input) { userErrors { code } } }`;
  const untilRefused = async (work: () => Promise<void>) => {
    for (let count = 0; count < 200; count++) {
      const isRefused = await work().then(
        () => false,
        () => true,
      );
      if (isRefused) return;
    }
    throw new Error('nothing was refused');
  };
  const unknown = { address: null, userAgent: null };

  /** Somebody with an authenticator app and half a sign-in, and what the mutation says when it comes from there. */
  const asking = async (name: string, limit: Extract<Limit, { as: string }>) => {
    const equipped = await authenticator(users, door).equipped();
    const { email } = equipped.person;
    const challenge = await authenticator(users, door).challenge(email);
    const variables = { input: limit.input({ email, challenge }) };
    const viewer = limit.as === 'viewer' ? equipped.viewer : null;
    const ask = (origin = unknown as { address: string | null; userAgent: string | null }) =>
      users.client.as(viewer, origin).execute(documentOf(name), variables);
    return { email, ask };
  };

  it('is in the table', () => {
    expect([...inputTypes.keys()].sort()).toEqual(Object.keys(limits).sort());
  });

  it('is one of these: no other mutation takes what could be guessed', () => {
    const all = Object.values(users.subgraph.schema.getMutationType()!.getFields());
    const taking = all.filter(({ args }) =>
      args.some(({ type }) => {
        const input = getNamedType(type);
        return isInputObjectType(input) && Object.keys(input.getFields()).some((name) => secrets.test(name));
      }),
    );
    expect(taking.map(({ name }) => name).filter((name) => !(name in limits))).toEqual([]);
    expect(taking.length).toBeGreaterThan(15);
  });

  it.each(limited)('%s is limited for each network address', async (name, limit) => {
    const origin = { address: `192.0.2.${limited.findIndex(([each]) => each === name)}`, userAgent: null };
    const { ask } = await asking(name, limit);
    expect((await ask(origin)).codes).toEqual([]);
    let count = 0;
    await untilRefused(() => attempts.begin(`${name}-${count++}@example.org`, origin));
    await untilRefused(() => attempts.request(origin));
    expect((await ask(origin)).codes).toEqual(['RATE_LIMITED']);
  });

  it.each(limited.filter(([, limit]) => limit.account === 'lock'))(
    '%s is limited for each account, by the lock of all its factors',
    async (name, limit) => {
      const { email, ask } = await asking(name, limit);
      await untilRefused(() => attempts.begin(email, unknown));
      expect((await ask()).codes).toEqual(['RATE_LIMITED']);
    },
  );

  it.each(limited.filter(([, limit]) => limit.account === 'mails'))(
    '%s is limited for each account, by the mails to its mailbox',
    async (name, limit) => {
      const { email, ask } = await asking(name, limit);
      const before = users.mails.length;
      for (let count = 0; count < 12; count++) {
        expect((await ask()).codes).toEqual([]);
        await users.runAdded(mailCode);
        await users.runAdded(mailAboutAccount);
      }
      const mailed = users.mails.slice(before).filter((mail) => mail.to === email);
      expect(mailed.length).toBeGreaterThan(0);
      expect(mailed.length).toBeLessThanOrEqual(10);
    },
  );
});
