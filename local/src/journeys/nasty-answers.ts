import path from 'node:path';
import { emoji, rightToLeft } from './nasty-values.js';

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Posts any bytes as a GraphQL request and keeps what came back. */
export async function ask(url: string, token: string | undefined, body: unknown): Promise<RawAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const codes = new Set([
  ...['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'INVALID_INPUT', 'CONFLICT', 'RATE_LIMITED'],
  ...['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'BAD_REQUEST', 'LIST_TOO_LONG'],
]);
const root = path.resolve(import.meta.dirname, '../../..');
const inside =
  /prisma|postgres|\bpg_|relation "|column "|syntax error at|tsquery|constraint|violates|node_modules|\.[jt]s:\d|\n\s+at |subgraph|ECONN|SQLSTATE/i;

interface Failure {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly extensions?: { readonly code?: unknown };
}

/** What is wrong with an answer to bad input; empty when nothing is. */
export function faultsOf({ status, text }: RawAnswer): string[] {
  if (![200, 400, 401].includes(status)) return [`status ${status}: ${text.slice(0, 200)}`];
  const body = readJson(text);
  if (!body) return [`no JSON: ${text.slice(0, 200)}`];
  const errors = Array.isArray(body.errors) ? body.errors : [];
  const strange = errors.filter(({ extensions }) => !codes.has(String(extensions?.code)));
  const said = [...errors, ...userErrorsIn(body.data)];
  const leaks = said.filter(
    (error) => inside.test(JSON.stringify(error)) || JSON.stringify(error).includes(root),
  );
  return [
    ...strange.map((error) => `code ${JSON.stringify(error).slice(0, 300)}`),
    ...leaks.map((error) => `leak ${JSON.stringify(error).slice(0, 300)}`),
    ...said
      .filter(({ message }) => typeof message !== 'string' || message.length > 2_000)
      .map(() => 'message too long'),
    ...(status === 200 && body.data === undefined && errors.length === 0 ? ['neither data nor errors'] : []),
  ];
}

function readJson(text: string): { data?: unknown; errors?: Failure[] } | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

const payloadsIn = (data: unknown): Record<string, unknown>[] =>
  Object.values(data ?? {}).filter(
    (value): value is Record<string, unknown> => typeof value === 'object' && value !== null,
  );

export const userErrorsIn = (data: unknown): Failure[] =>
  payloadsIn(data).flatMap(({ userErrors }) => (Array.isArray(userErrors) ? (userErrors as Failure[]) : []));

/** What the payload of a mutation holds at the place of an input field; undefined when it reports a failure. */
export function keptAt(answer: RawAnswer, leaf: readonly string[]): string | undefined {
  const { data, errors } = readJson(answer.text) ?? {};
  if (errors || userErrorsIn(data).length > 0) return undefined;
  return payloadsIn(data)
    .flatMap((payload) => Object.values(payload))
    .filter((object) => !Array.isArray(object))
    .map((object) => leaf.slice(1).reduce<any>((value, name) => value?.[name], object))
    .find((value): value is string => typeof value === 'string');
}

/** Text that was taken and came back as something else. */
export function distortionOf(answer: RawAnswer, leaf: readonly string[], sent: unknown): string | undefined {
  if (leaf[0] !== 'input' || (sent !== rightToLeft && sent !== emoji)) return undefined;
  const kept = keptAt(answer, leaf);
  return kept === undefined || kept === sent.normalize('NFC').trim() ? undefined : `came back as ${kept}`;
}
