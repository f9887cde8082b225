import type { ExecutionRequest } from '../execution/executable.js';
import type { Program } from './program.js';
import type { GraphRequest } from './request-graph.js';
import type { Exchange, RunState } from './run.js';

export interface BodyScope {
  readonly collectors: Program['collectors'];
  readonly request: ExecutionRequest;
  readonly state: RunState;
  readonly exchange: Exchange;
}

/**
 * Makes the writer of the bodies of one request. It returns an empty text when there is nothing to ask, and throws
 * when the objects to ask about cannot be found.
 */
export function createBodyWriter({
  roots,
  entities,
  query,
  variables,
}: GraphRequest): (scope: BodyScope) => string {
  const begin = `{"query":${JSON.stringify(query)},"variables":{`;
  const lists = entities.map(({ id, variable }) => ({ id, begin: `${JSON.stringify(variable)}:[` }));
  const names = variables.map((name) => ({ name, begin: `${JSON.stringify(name)}:` }));
  return ({ collectors, request, state, exchange }) => {
    const given: string[] = [];
    let count = roots.length;
    for (const list of lists) {
      const texts = collectors[list.id]?.(state, exchange.texts) ?? [];
      exchange.texts[list.id] = texts;
      count += texts.length;
      given.push(`${list.begin}${texts.join(',')}]`);
    }
    if (count === 0) return '';
    for (const { name, begin: key } of names) {
      if (Object.hasOwn(request.variables, name)) given.push(key + JSON.stringify(request.variables[name]));
    }
    return `${begin}${given.join(',')}}}`;
  };
}
