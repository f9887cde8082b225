import { print, stripIgnoredCharacters, type GraphQLFormattedError } from 'graphql';
import type {
  ExecutableParts,
  ExecutionRequest,
  RecordedEntities,
  RecordedEntity,
  RecordedRoot,
} from '../execution/executable.js';
import type { Fetch } from '../plan/plan.js';
import type { SubgraphAnswer } from '../subgraphs/answer.js';
import { isTree } from './tree.js';

export interface Ask {
  root(fetch: Fetch): Promise<RecordedRoot>;
  /** Asks for each representation text once, in one request; the answer has an entry for each. */
  entities(
    fetch: Fetch,
    representations: readonly string[],
    fromContext?: Readonly<Record<string, unknown>>,
  ): Promise<RecordedEntities>;
}

/** Puts fetches to their subgraphs. Never rejects: what goes wrong is an error in the answer. */
export function createAsk(
  { plan, subgraphs }: ExecutableParts,
  { variables, context }: ExecutionRequest,
): Ask {
  const send = async (
    fetch: Fetch,
    given: ExecutionRequest['variables'],
    representations?: readonly string[],
  ): Promise<SubgraphAnswer> => {
    const kind = fetch.requires || plan.kind !== 'mutation' ? 'query' : 'mutation';
    const body = bodyOf(fetch, given, representations);
    return subgraphs(fetch.subgraph)({ body, kind, fetches: [fetch.id] }, context);
  };
  return {
    root: async (fetch) => {
      const { data, errors } = await send(fetch, variables);
      return data === null && !errors?.length ? { data, errors: [malformed] } : { data, errors };
    },
    entities: async (fetch, representations, fromContext) => {
      const wanted = [...new Set(representations)];
      const answer = await send(fetch, { ...variables, ...fromContext }, wanted);
      const answers = divide(answer, wanted.length);
      return new Map(wanted.map((text, index) => [text, answers[index] ?? { entity: undefined }]));
    },
  };
}

function bodyOf(
  fetch: Fetch,
  variables: ExecutionRequest['variables'],
  representations?: readonly string[],
): string {
  const names = [...fetch.variables, ...(fetch.context ?? []).map(({ name }) => name)];
  const given = names.flatMap((name) =>
    Object.hasOwn(variables, name) ? [`${JSON.stringify(name)}:${JSON.stringify(variables[name])}`] : [],
  );
  if (representations) given.push(`"representations":[${representations.join(',')}]`);
  return `{"query":${JSON.stringify(textOf(fetch))},"variables":{${given.join(',')}}}`;
}

const texts = new WeakMap<Fetch, string>();

function textOf(fetch: Fetch): string {
  const text = texts.get(fetch) ?? stripIgnoredCharacters(print(fetch.document));
  texts.set(fetch, text);
  return text;
}

/** One answer for each representation: an error goes to the entity its path names, any other to all without data. */
export function divide({ data, errors = [] }: SubgraphAnswer, count: number): RecordedEntity[] {
  const entities: unknown = data?.['_entities'];
  const known: readonly unknown[] = Array.isArray(entities) && entities.length === count ? entities : [];
  const own = Array.from({ length: count }, (): GraphQLFormattedError[] => []);
  const common: GraphQLFormattedError[] = [];
  for (const error of errors) {
    const { path = [], ...rest } = error;
    const list = typeof path[1] === 'number' ? own[path[1]] : undefined;
    if (list) list.push({ ...rest, path: path.slice(2) });
    else common.push(rest);
  }
  const isLost = own.map((list, index) => list.length === 0 && !isTree(known[index]));
  const hasLost = isLost.includes(true);
  if (hasLost && known.length === 0 && common.length === 0) common.push(malformed);
  return own.map((list, index) => {
    const entity = known[index];
    const shares = isLost[index] || (!hasLost && index === 0);
    const answered = isTree(entity) || entity === null ? entity : undefined;
    return { entity: answered, errors: shares ? [...list, ...common] : list };
  });
}

const malformed: GraphQLFormattedError = {
  message: 'The answer of a subgraph is not what it was asked for.',
  extensions: { code: 'UNAVAILABLE' },
};
