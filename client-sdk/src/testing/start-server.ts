import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly operationName: string;
  readonly variables: Record<string, unknown>;
  readonly accessToken: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, text as it is. */
  readonly body: unknown;
}

/** `cut` closes the connection without an answer. */
export type Answer = (call: Call) => Reply | 'cut' | Promise<Reply | 'cut'>;

/** A GraphQL endpoint that answers each operation as the test says, and remembers what it was asked. */
export async function startServer(answers: Record<string, Answer>) {
  const calls: Call[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const call = await readCall(request);
    calls.push(call);
    const answer = answers[call.operationName];
    const reply = answer ? await answer(call) : fault('GRAPHQL_VALIDATION_FAILED', { status: 400 });
    if (reply === 'cut') return void request.socket.destroy();
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/graphql`,
    calls,
    answers,
    named: (operationName: string) => calls.filter((call) => call.operationName === operationName),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;

/** What is not JSON (a posted form) is named by its path. */
async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = request.headers['content-type'] === 'application/json';
  const body = (isJson ? JSON.parse(text) : {}) as Partial<Call>;
  return {
    operationName: body.operationName ?? request.url ?? '',
    variables: body.variables ?? {},
    accessToken: request.headers.authorization?.replace('Bearer ', ''),
    headers: request.headers,
    text,
  };
}

export const data = (value: unknown): Reply => ({ body: { data: value } });

export const fault = (
  code: string,
  { status = 200, reason, path }: { status?: number; reason?: string; path?: (string | number)[] } = {},
): Reply => ({
  status,
  body: { data: null, errors: [{ message: `It is ${code}.`, path, extensions: { code, reason } }] },
});

export const userError = (code: string, rest: object = {}) => ({
  __typename: 'BasicUserError',
  code,
  message: `It is ${code}.`,
  path: null,
  ...rest,
});

/** A moment that one side awaits and the other brings about. */
export function createMoment() {
  let reach = () => {};
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { reached, reach };
}
