import { Kind, type SelectionSetNode } from 'graphql';
import type {
  ExecutableParts,
  ExecutionRequest,
  RecordedAnswers,
  RecordedEntities,
  RecordedEntity,
  RecordedRoot,
} from '../execution/executable.js';
import type { Fetch } from '../plan/plan.js';
import { createAsk, type Ask } from './ask.js';
import { byContext, type ContextGroup } from './context-groups.js';
import type { Faults } from './faults.js';
import { representationOf } from './representation.js';
import { applyRewrites } from './rewrites.js';
import { targetsAt, type ResponsePath, type Target } from './targets.js';
import { copy, createTree, merge, type Tree } from './tree.js';
import { whyMissing } from './why-missing.js';

export interface FetchesOptions {
  readonly parts: ExecutableParts;
  readonly request: ExecutionRequest;
  readonly recorded: RecordedAnswers;
  readonly faults: Faults;
}

/** Sends each fetch of the plan as soon as what it waits for is answered, and merges all answers into one tree. */
export async function executeFetches(options: FetchesOptions): Promise<Tree> {
  const { parts, request } = options;
  const tree = createTree();
  const ask = createAsk(parts, request);
  const answered: Promise<void>[] = [];
  for (const fetch of parts.plan.fetches) {
    const earlier = fetch.waitsFor.map((id) => answered[id] ?? Promise.resolve());
    answered[fetch.id] = Promise.all(earlier).then(() => executeFetch(fetch, { ...options, tree, ask }));
  }
  await Promise.all(answered);
  return tree;
}

interface Scope extends FetchesOptions {
  readonly tree: Tree;
  readonly ask: Ask;
}

async function executeFetch(fetch: Fetch, scope: Scope): Promise<void> {
  const targets = targetsAt(scope.tree, fetch.path);
  if (targets.length === 0) return;
  const { plan, supergraph } = scope.parts;
  if (fetch.requires) {
    const groups = byContext(fetch, targets, supergraph.sourceSchema);
    await Promise.all(groups.map((group) => executeEntities(fetch, group, scope)));
    return;
  }
  const isEvent = plan.kind === 'subscription' && fetch.id === 0;
  const given = scope.recorded.get(fetch.id) ?? (isEvent ? scope.request.event : undefined);
  const answer = given && !isByRepresentation(given) ? given : await scope.ask.root(fetch);
  for (const target of targets) addRoot(fetch, target, answer, scope);
}

function addRoot(
  fetch: Fetch,
  { object, place }: Target,
  { data, errors = [] }: RecordedRoot,
  scope: Scope,
): void {
  const names = namesOf(fetch);
  if (data) addData(fetch, object, data, scope);
  for (const error of errors) {
    if (error.path?.length) {
      scope.faults.report(error, [...place, ...renamed(error.path, fetch)]);
      continue;
    }
    scope.faults.blame(object, { names, error });
    const isNull = (name: string) => data !== null && object[name] === null;
    for (const name of names) if (isNull(name)) scope.faults.report(error, [...place, name]);
    if (data && ![...names].some(isNull)) scope.faults.reportAnywhere(error);
  }
}

async function executeEntities(fetch: Fetch, { targets, values }: ContextGroup, scope: Scope): Promise<void> {
  const { parts, faults, recorded, ask } = scope;
  const asked = targets.map((target) => ({
    target,
    text: representationOf(target.object, fetch, parts.supergraph.sourceSchema),
  }));
  const given = recorded.get(fetch.id);
  const known: RecordedEntities = given && isByRepresentation(given) ? given : new Map();
  const texts = asked.flatMap(({ text }) => (typeof text === 'string' && !known.has(text) ? [text] : []));
  const answers = texts.length > 0 ? await ask.entities(fetch, texts, values) : known;
  for (const { target, text } of asked) {
    if (text === undefined) continue;
    const answer = text === null ? undefined : (known.get(text) ?? answers.get(text));
    if (answer) {
      addEntity(fetch, target, answer, scope);
      continue;
    }
    // It could not be asked for: for want of what another fetch should have told of it.
    const error = text === null ? whyMissing(target.object, fetch.requires ?? [], faults) : undefined;
    faults.blame(target.object, { names: namesOf(fetch), error });
  }
}

function addEntity(fetch: Fetch, { object, place }: Target, answer: RecordedEntity, scope: Scope): void {
  const names = namesOf(fetch);
  const { entity, errors = [] } = answer;
  for (const error of errors) {
    if (error.path?.length) scope.faults.report(error, [...place, ...renamed(error.path, fetch)]);
    else if (entity) scope.faults.report(error, place);
    else scope.faults.blame(object, { names, error });
  }
  if (entity) addData(fetch, object, entity, scope);
  else scope.faults.blame(object, { names });
}

/** Recorded data may be shared: only a copy is rewritten and becomes part of the tree. */
function addData(fetch: Fetch, object: Tree, data: Tree, { parts }: Scope): void {
  const { sourceSchema } = parts.supergraph;
  const own = copy(data);
  // Rewrites tell by the type; what is not selected of an entity is known of the object it completes.
  if (fetch.requires) own['__typename'] ??= object['__typename'];
  applyRewrites(own, fetch.outputRewrites, sourceSchema);
  merge(object, own, sourceSchema);
}

const isByRepresentation = (answer: RecordedRoot | RecordedEntities): answer is RecordedEntities =>
  answer instanceof Map;

/** Under the names of the response: an output rewrite may have fetched a field under another. */
function renamed(path: ResponsePath, { outputRewrites }: Fetch): ResponsePath {
  if (outputRewrites.length === 0) return path;
  const names = new Map<string | number, string>();
  for (const rewrite of outputRewrites) {
    const name = rewrite.path.at(-1);
    if (rewrite.kind === 'KeyRenamer' && name !== undefined) names.set(name, rewrite.renameKeyTo);
  }
  return path.map((key) => names.get(key) ?? key);
}

const known = new WeakMap<Fetch, ReadonlySet<string>>();

/** The response names that a fetch fills in the objects at its path. */
function namesOf(fetch: Fetch): ReadonlySet<string> {
  const remembered = known.get(fetch);
  if (remembered) return remembered;
  const names: string[] = [];
  const add = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) names.push(selection.alias?.value ?? selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) add(selection.selectionSet);
    }
  };
  const [first] = fetch.document.selectionSet.selections;
  add(fetch.requires && first?.kind === Kind.FIELD ? first.selectionSet : fetch.document.selectionSet);
  const found = new Set(renamed(names, fetch) as string[]);
  known.set(fetch, found);
  return found;
}
