import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApiError,
  ConflictError,
  createClient,
  EventDocument,
  EventsDocument,
  ForbiddenError,
  InternalError,
  InvalidInputError,
  MeDocument,
  NotFoundError,
  RateLimitedError,
  RegisterForEventDocument,
  UnauthenticatedError,
  UnavailableError,
  UserInputError,
} from './index.js';
import { data, fault, startServer, userError, type Answer, type TestServer } from './testing/start-server.js';

const nobody = data({ me: null });
const register = { input: { eventId: 'evt_1' } };

let server: TestServer;
beforeEach(async () => {
  server = await startServer({});
});
afterEach(() => server.stop());

const client = (options = {}) => createClient({ url: server.url, retry: { baseMs: 1 }, ...options });

/** Answers in turn, and the last one from then on. */
const inTurn = (...answers: Answer[]): Answer => {
  let turn = 0;
  return (call) => answers[Math.min(turn++, answers.length - 1)]!(call);
};

const failureOf = (call: Promise<unknown>): Promise<ApiError> =>
  call.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: ApiError) => error,
  );

describe('an answered error', () => {
  const cases: [string, typeof ApiError][] = [
    ['UNAUTHENTICATED', UnauthenticatedError],
    ['FORBIDDEN', ForbiddenError],
    ['NOT_FOUND', NotFoundError],
    ['INVALID_INPUT', InvalidInputError],
    ['BAD_USER_INPUT', InvalidInputError],
    ['CONFLICT', ConflictError],
    ['RATE_LIMITED', RateLimitedError],
    ['UNAVAILABLE', UnavailableError],
    ['INTERNAL', InternalError],
    ['GRAPHQL_VALIDATION_FAILED', ApiError],
    ['constructor', ApiError],
  ];
  it.each(cases)('%s has its class, code, path and request id', async (code, expected) => {
    const reply = fault(code, { path: ['me', 'subscription'] });
    server.answers['Me'] = () => ({ ...reply, headers: { 'x-request-id': 'request-1' } });
    const error = await failureOf(client({ retry: { retries: 0 } }).execute(MeDocument));
    expect(error.constructor).toBe(expected);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code, path: ['me', 'subscription'], requestId: 'request-1' });
  });

  it.each([
    [502, UnavailableError],
    [500, InternalError],
    [429, RateLimitedError],
    [413, InvalidInputError],
    [200, InternalError],
  ])('of a proxy, status %i, has a class too', async (status, expected) => {
    server.answers['Me'] = () => ({ status, body: '<html>Sorry</html>' });
    const error = await failureOf(client({ retry: { retries: 0 } }).execute(MeDocument));
    expect(error).toBeInstanceOf(expected);
    expect(error.requestId).toBe(server.calls[0]?.headers['x-request-id']);
  });
});

describe("a payload's user errors", () => {
  const userErrors = [userError('SOLD_OUT', { __typename: 'SoldOutError', isWaitlistOpen: true })];
  const payload = { registerForEvent: { registration: null, event: { id: 'evt_1' }, userErrors } };
  beforeEach(() => {
    server.answers['RegisterForEvent'] = () => data(payload);
  });

  it('are thrown together with the answer', async () => {
    const error = await failureOf(client().execute(RegisterForEventDocument, register));
    expect(error).toBeInstanceOf(UserInputError);
    expect(error).toMatchObject({ code: 'SOLD_OUT', path: ['registerForEvent'], userErrors, data: payload });
  });

  it('are returned when asked for', async () => {
    const answer = client().execute(RegisterForEventDocument, register, { userErrors: 'return' });
    expect(await answer).toEqual(payload);
  });
});

describe('a query', () => {
  it.each<[string, Answer]>([
    ['the connection breaks', () => 'cut'],
    ['a server is away', () => fault('UNAVAILABLE')],
    ['a proxy finds no server', () => ({ status: 502, body: 'Bad Gateway' })],
  ])('is repeated when %s', async (_what, answer) => {
    server.answers['Me'] = inTurn(answer, answer, () => nobody);
    expect(await client().execute(MeDocument)).toEqual({ me: null });
    expect(server.calls).toHaveLength(3);
  });

  it('is given up after three repetitions', async () => {
    server.answers['Me'] = () => 'cut';
    const error = await failureOf(client().execute(MeDocument));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'No answer came.' });
    expect(server.calls).toHaveLength(4);
  });

  it('is not repeated for any other error', async () => {
    server.answers['Me'] = () => fault('INTERNAL');
    await expect(client().execute(MeDocument)).rejects.toThrow(InternalError);
    expect(server.calls).toHaveLength(1);
  });

  it('waits as long as the server asks', async () => {
    const away = { ...fault('UNAVAILABLE', { status: 503 }), headers: { 'retry-after': '1' } };
    server.answers['Me'] = inTurn(
      () => away,
      () => nobody,
    );
    const startedAt = performance.now();
    await client().execute(MeDocument);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  it('is not repeated when the server asks for more patience than the client has', async () => {
    server.answers['Me'] = () => ({
      ...fault('UNAVAILABLE', { status: 503 }),
      headers: { 'retry-after': '60' },
    });
    await expect(client().execute(MeDocument)).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(server.calls).toHaveLength(1);
  });

  it('fails when no answer comes in time', async () => {
    server.answers['Me'] = () => new Promise(() => {});
    const answer = client({ timeoutMs: 20, retry: { retries: 0 } }).execute(MeDocument);
    await expect(answer).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { name: 'TimeoutError' } });
  });

  it.each(['in flight', 'between two attempts'])('can be given up %s', async (moment) => {
    const controller = new AbortController();
    const isInFlight = moment === 'in flight';
    server.answers['Me'] = () => {
      if (isInFlight) controller.abort(new Error('changed my mind'));
      else setTimeout(() => controller.abort(new Error('changed my mind')), 50);
      return isInFlight ? new Promise(() => {}) : fault('UNAVAILABLE');
    };
    const patient = client({ retry: { baseMs: 600_000, capMs: 600_000 } });
    const answer = patient.execute(MeDocument, {}, { signal: controller.signal });
    await expect(answer).rejects.toThrow('changed my mind');
    expect(server.calls).toHaveLength(1);
  });
});

describe('a mutation', () => {
  it.each<[string, Answer]>([
    ['the connection breaks', () => 'cut'],
    ['a server is away', () => fault('UNAVAILABLE')],
  ])('is never repeated when %s', async (_what, answer) => {
    server.answers['RegisterForEvent'] = answer;
    await expect(client().execute(RegisterForEventDocument, register)).rejects.toThrow(UnavailableError);
    expect(server.calls).toHaveLength(1);
  });
});

describe('variables', () => {
  it('may be left out only when none is required', async () => {
    server.answers['Events'] = () => data({ events: { nodes: [], pageInfo: {} } });
    server.answers['Event'] = () => data({ event: null });
    await client().execute(EventsDocument);
    await client().execute(EventDocument, { id: 'evt_1' });
    // @ts-expect-error: an event is asked for by its id.
    await client().execute(EventDocument);
    expect(server.calls.map((call) => call.variables)).toEqual([{}, { id: 'evt_1' }, {}]);
  });
});
