import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  ChangePasswordDocument,
  CompleteSignInDocument,
  LoginDocument,
  LoginWithEmailCodeDocument,
  LogoutDocument,
  RefreshSessionDocument,
  RegisterDocument,
  RequestEmailCodeDocument,
  RequestPasswordResetDocument,
  ResendVerificationDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
  type ChallengePartsFragment,
  type ChangePasswordInput,
  type CompleteSignInInput,
  type LoginInput,
  type LoginWithEmailCodeInput,
  type PersonPartsFragment,
  type RegisterInput,
  type ResetPasswordInput,
  type TokenPartsFragment,
  type VerifyEmailInput,
} from './__generated__/operations.js';
import { UserInputError } from './errors.js';
import { createExecute, createExecuteAs, type Rest } from './execute.js';
import { newKey } from './keys.js';
import { paginate, type Page, type PageVariables } from './paginate.js';
import { defaultRetryPolicy, type RetryPolicy } from './retry.js';
import { createSession } from './session.js';
import { createMemoryStorage, type SessionStorage } from './storage.js';
import { createTransport } from './transport.js';
import { createUploads } from './uploads.js';

export interface ClientOptions {
  /** The GraphQL endpoint, absolute. */
  readonly url: string;
  /** Where the session is kept; in memory when absent. */
  readonly storage?: SessionStorage;
  readonly fetch?: typeof fetch;
  /** Called once when a session ends in another way than by `signOut`. */
  readonly onSessionEnded?: () => void;
  /** Time one request may take, in milliseconds; 30,000 when absent. */
  readonly timeoutMs?: number;
  /** How queries are tried again while the network or a server is away. */
  readonly retry?: Partial<RetryPolicy>;
  /** Milliseconds since 1970; the device's clock when absent. */
  readonly now?: () => number;
}

export type Client = ReturnType<typeof createClient>;

/** Who signed in; or, where the account asks for a second factor, the challenge for `completeSignIn`. */
export type SignInResult =
  | { readonly user: PersonPartsFragment | null; readonly challenge: null }
  | { readonly user: null; readonly challenge: ChallengePartsFragment };

/** What a door of the API answers. */
interface DoorPayload {
  readonly tokens?: TokenPartsFragment | null | undefined;
  readonly user?: PersonPartsFragment | null | undefined;
  readonly challenge?: ChallengePartsFragment | null | undefined;
}

/** A client of the community's API. Every failure is an ApiError of its own class (errors.ts). */
export function createClient(options: ClientOptions) {
  const { url, storage = createMemoryStorage(), timeoutMs = 30_000, onSessionEnded } = options;
  // Called as a function of its own: browsers refuse a fetch that is a method of something else.
  const request: typeof fetch = (...args) => (options.fetch ?? globalThis.fetch)(...args);
  const transport = createTransport({ url, fetch: request, timeoutMs });

  const executeAs = createExecuteAs(transport);
  const session = createSession({
    storage,
    onSessionEnded,
    now: options.now ?? Date.now,
    renewTokens: async (refreshToken) => {
      const { refreshSession } = await executeAs(RefreshSessionDocument, { input: { refreshToken } });
      return refreshSession.tokens!;
    },
  });

  const execute = createExecute({ transport, session, retry: { ...defaultRetryPolicy, ...options.retry } });

  /** MFA_REQUIRED is no failure: half of the sign-in is done. */
  const enter = async (
    open: (deviceToken: string | undefined) => Promise<DoorPayload>,
  ): Promise<SignInResult> => {
    const { tokens, user, challenge } = await open(await storage.loadDevice?.()).catch(challengeIn);
    if (challenge) return { user: null, challenge };
    await session.begin(tokens!);
    return { user: user ?? null, challenge: null };
  };

  return {
    /**
     * Runs an operation as whoever is signed in, or as a visitor. Renews the session without being asked; repeats
     * queries, and only those, while the network or a server is away. Throws an ApiError: UserInputError for a
     * payload's userErrors, the class of the code for others.
     */
    execute,
    uploads: createUploads({ execute, transport }),
    /** A new idempotency key (a UUID). */
    newKey,

    /** True while a session is kept; the server may have ended it meanwhile. */
    isSignedIn: (): Promise<boolean> => session.isOpen(),

    /**
     * Signs in with address and password. Answers a challenge where an authenticator app is set up, and after a reset of
     * it (`isCodeMailed`: then the code is in a mail). Throws
     * UserInputError INVALID_CREDENTIALS, also before the address is proved.
     */
    signIn: (input: Omit<LoginInput, 'deviceToken'>): Promise<SignInResult> =>
      enter(async (deviceToken) => {
        const { login } = await executeAs(LoginDocument, { input: { ...input, deviceToken } });
        return login;
      }),

    /**
     * The second half: the challenge, and a code of the app or a recovery code. With `trustDevice` this storage is asked
     * for none for a while. Throws UserInputError: INVALID_INPUT for a wrong code, after which another may be tried;
     * CHALLENGE_ENDED when it is time to sign in anew.
     */
    async completeSignIn(input: CompleteSignInInput): Promise<PersonPartsFragment | null> {
      const { completeSignIn } = await executeAs(CompleteSignInDocument, { input });
      if (completeSignIn.deviceToken) await storage.saveDevice?.(completeSignIn.deviceToken);
      await session.begin(completeSignIn.tokens!);
      return completeSignIn.user;
    },

    /** Signing in without the password, by a code to the address. */
    emailCode: {
      /** The answer does not tell whether the address is known. */
      request: async (email: string): Promise<void> =>
        void (await executeAs(RequestEmailCodeDocument, { input: { email } })),
      /** As `signIn` with a password. Throws UserInputError INVALID_INPUT for a wrong, spent or expired code. */
      signIn: (input: Omit<LoginWithEmailCodeInput, 'deviceToken'>): Promise<SignInResult> =>
        enter(async (deviceToken) => {
          const answer = await executeAs(LoginWithEmailCodeDocument, { input: { ...input, deviceToken } });
          return answer.loginWithEmailCode;
        }),
    },

    password: {
      /** Mails a code for a new password. The answer does not tell whether the address is known. */
      requestReset: async (email: string): Promise<void> =>
        void (await executeAs(RequestPasswordResetDocument, { input: { email } })),
      /** Sets a new password with the mailed code; all sessions end. Throws UserInputError for a wrong code. */
      reset: async (input: ResetPasswordInput): Promise<void> =>
        void (await executeAs(ResetPasswordDocument, { input })),
      /** Of whoever is signed in; all other sessions end. Throws UserInputError INVALID_CREDENTIALS for a wrong old one. */
      change: async (input: ChangePasswordInput): Promise<void> =>
        void (await execute(ChangePasswordDocument, { input })),
    },

    /** Ends the session here in any case; throws when the server could not be told. */
    signOut: (): Promise<void> => session.close((accessToken) => executeAs(LogoutDocument, {}, accessToken)),

    /** The way to an account: register, then verify with the mailed code and the password, then sign in. */
    signUp: {
      /** The answer does not tell whether the address was known. Throws UserInputError for a refused input. */
      register: async (input: RegisterInput): Promise<void> =>
        void (await executeAs(RegisterDocument, { input })),
      /** Throws UserInputError for a wrong, spent or expired code. */
      verify: async (input: VerifyEmailInput): Promise<void> =>
        void (await executeAs(VerifyEmailDocument, { input })),
      /** Mails a new code. */
      resendCode: async (email: string): Promise<void> =>
        void (await executeAs(ResendVerificationDocument, { input: { email } })),
    },

    /**
     * All items of a list, for `for await`. `pick` finds the list in the answer; no list ends the iteration. With
     * `last` among the variables it goes backwards. Throws what `execute` throws.
     */
    paginate: <Data, Variables extends PageVariables, Item>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      pick: (data: Data) => Page<Item> | null | undefined,
    ): AsyncGenerator<Item, void, undefined> =>
      paginate(
        async (page: Variables) => pick(await execute(document, ...([page] as unknown as Rest<Variables>))),
        variables,
      ),
  };
}

/** The payload of a sign-in that asks for its second half. Throws everything else on. */
function challengeIn(error: unknown): DoorPayload {
  if (!(error instanceof UserInputError) || error.code !== 'MFA_REQUIRED') throw error;
  const [payload] = Object.values(error.data as Record<string, DoorPayload>);
  return payload!;
}
