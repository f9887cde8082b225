import type { Mailbox } from './mailbox/index.js';

export interface Answer {
  // Answers are read field by field; the SDK is the place for typed documents.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  readonly errors?: readonly {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; reason?: string };
  }[];
  readonly status: number;
}

/** A GraphQL client as one person holds it. */
export interface Client {
  /** One operation; errors are part of the answer. */
  send(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** The data of an operation that must succeed; throws with the first error or user error otherwise. */
  must(query: string, variables?: Record<string, unknown>): Promise<Answer['data']>;
  /** New tokens, with the roles and entitlements of this moment. */
  refresh(): Promise<void>;
  /** The current access token; undefined for a visitor. */
  readonly token: () => string | undefined;
}

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly countryOfOrigin: string;
  readonly countryOfResidence: string;
  readonly city: string;
  readonly languages: readonly string[];
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const tokenFields = 'tokens { accessToken refreshToken } userErrors { code message }';

export function createClient(url: string, initial?: Tokens): Client {
  let tokens = initial;
  const send = async (query: string, variables: Record<string, unknown> = {}): Promise<Answer> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(tokens && { authorization: `Bearer ${tokens.accessToken}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { ...((await response.json()) as Omit<Answer, 'status'>), status: response.status };
  };
  const must = async (query: string, variables?: Record<string, unknown>) => {
    const answer = await send(query, variables);
    const failure = answer.errors?.[0]?.message ?? firstUserError(answer.data as Payloads | null);
    if (failure) throw new Error(`${failure} (${JSON.stringify(answer.errors ?? answer.data)})`);
    return answer.data as unknown;
  };
  const refresh = async () => {
    const refreshToken = tokens?.refreshToken;
    tokens = undefined;
    const query = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${tokenFields} } }`;
    const data = (await must(query, { input: { refreshToken } })) as { refreshSession: { tokens: Tokens } };
    tokens = data.refreshSession.tokens;
  };
  return { send, must, refresh, token: () => tokens?.accessToken };
}

export async function signIn(
  url: string,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<Client> {
  const query = `mutation ($input: LoginInput!) { login(input: $input) { ${tokenFields} } }`;
  const data = (await createClient(url).must(query, { input: { email, password } })) as {
    login: { tokens: Tokens };
  };
  return createClient(url, data.login.tokens);
}

/** Registers, reads the code out of the mailbox, proves the address and signs in. Safe to repeat. */
export async function signUp(
  url: string,
  mailbox: Pick<Mailbox, 'waitForMail'>,
  person: Person,
): Promise<Client> {
  const visitor = createClient(url);
  const startedAt = new Date();
  await visitor.must(
    'mutation ($input: RegisterInput!) { register(input: $input) { isAccepted userErrors { message } } }',
    {
      input: person,
    },
  );
  const mail = await mailbox.waitForMail({ to: person.email, after: startedAt });
  const code = /\b\d{6}\b/.exec(mail.text)?.[0];
  if (code) {
    await visitor.must(
      'mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { userErrors { message } } }',
      {
        input: { email: person.email, password: person.password, code },
      },
    );
  }
  return signIn(url, person);
}

type Payloads = Record<string, { userErrors?: { message: string }[] } | null>;

function firstUserError(data: Payloads | null): string | undefined {
  return Object.values(data ?? {})
    .flatMap((payload) => payload?.userErrors ?? [])
    .at(0)?.message;
}
