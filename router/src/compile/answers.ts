import type { GraphQLFormattedError } from 'graphql';
import type {
  RecordedAnswers,
  RecordedEntities,
  RecordedEntity,
  RecordedRoot,
} from '../execution/executable.js';
import { divide } from '../interpret/ask.js';
import type { Fetch } from '../plan/plan.js';
import type { SubgraphAnswer } from '../subgraphs/answer.js';
import { NONE } from './program.js';
import type { EntityPart, GraphRequest, RootPart } from './request-graph.js';
import type { Exchange, RunState } from './run.js';
import type { Typenames } from './typenames.js';

type Data = Record<string, unknown>;

/** Puts an answer to where generated code looks for it. False when there is something wrong with it. */
export function keepAnswer(
  { roots, entities }: GraphRequest,
  answer: SubgraphAnswer,
  state: RunState,
  { texts }: Exchange,
): boolean {
  const { data, errors } = answer;
  let isSound = data !== null && !errors?.length;
  if (!answer.isPlain) state.isPlain = false;
  for (const part of roots) state.values[part.fetch.id] = data === null ? NONE : ownData(part, data);
  for (const part of entities) {
    const asked = texts[part.id] ?? [];
    const answered: unknown = data?.[part.alias];
    const isComplete = Array.isArray(answered) && answered.length === asked.length;
    if (!isComplete && asked.length > 0) isSound = false;
    const list = isComplete ? withoutNull(answered) : asked.map(() => NONE);
    for (const fetch of part.fetches) state.values[fetch.id] = list;
  }
  return isSound;
}

/** Answers may be shared with other requests: they are not changed. */
const withoutNull = (list: readonly unknown[]): readonly unknown[] =>
  list.includes(null) ? list.map((entity) => entity ?? NONE) : list;

/** The data of one root fetch of a request, under the fetch's own names. */
const ownData = ({ names, aliases }: RootPart, data: Data): Data =>
  aliases.size === 0
    ? data
    : Object.fromEntries([...names].map((name) => [name, data[aliases.get(name) ?? name]]));

/** All that was answered, taken apart into the plan's fetches, with what they would have been answered besides. */
export function recordAnswers(
  requests: readonly GraphRequest[],
  { answers, texts }: Exchange,
  typenames: Typenames,
): RecordedAnswers {
  const recorded = new Map<number, RecordedRoot | RecordedEntities>();
  for (const { id, roots, entities } of requests) {
    const answer = answers[id];
    if (!answer) continue;
    for (const part of roots) recorded.set(part.fetch.id, recordedRoot(part, answer, typenames));
    for (const part of entities) {
      const entitiesOfPart = recordedEntities(part, answer, texts[part.id] ?? []);
      for (const fetch of part.fetches) {
        const whole = [...entitiesOfPart].map(([text, one]) => [text, restored(fetch, text, one)] as const);
        recorded.set(fetch.id, new Map(whole));
      }
    }
  }
  return recorded;

  function restored(fetch: Fetch, text: string, { entity, errors }: RecordedEntity): RecordedEntity {
    const { __typename: typeName } = JSON.parse(text) as { __typename: string };
    return { entity: entity && typenames.restore(fetch, entity, typeName), errors };
  }
}

function recordedRoot(
  part: RootPart,
  { data, errors = [] }: SubgraphAnswer,
  typenames: Typenames,
): RecordedRoot {
  const ownNames = new Map([...part.names].map((name) => [part.aliases.get(name) ?? name, name]));
  const own = errors.flatMap((error) => {
    const [first, ...rest] = error.path ?? [];
    if (first === undefined) return error;
    const name = ownNames.get(String(first));
    return name === undefined ? [] : { ...error, path: [name, ...rest] };
  });
  return { data: data && typenames.restore(part.fetch, ownData(part, data)), errors: own };
}

function recordedEntities(
  { alias }: EntityPart,
  { data, errors = [] }: SubgraphAnswer,
  texts: readonly string[],
): RecordedEntities {
  const isOwn = ({ path }: GraphQLFormattedError) => path?.[0] === undefined || path[0] === alias;
  const entities = data && { _entities: data[alias] };
  const answers = divide({ data: entities, errors: errors.filter(isOwn), isPlain: false }, texts.length);
  return new Map(texts.map((text, index) => [text, answers[index] ?? { entity: undefined }]));
}
