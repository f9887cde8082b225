import type {
  ExecutableParts,
  ExecutionRequest,
  ExecutionResult,
  RecordedAnswers,
} from '../execution/executable.js';
import { complete } from './complete.js';
import { executeFetches } from './execute-fetches.js';
import { createFaults } from './faults.js';
import { isInResponse, visiblePath } from './visible-path.js';

/**
 * The plain executor: fetches what the plan says, merges the answers, completes the response. It covers every
 * operation, and takes over where generated code meets something it does not expect; `recorded` is what that code
 * has fetched already. Never rejects.
 */
export async function interpret(
  parts: ExecutableParts,
  request: ExecutionRequest,
  recorded: RecordedAnswers = new Map(),
): Promise<ExecutionResult> {
  const { shape, supergraph } = parts;
  const faults = createFaults((place) => visiblePath(place, shape, supergraph.apiSchema));
  try {
    const tree = await executeFetches({ parts, request, recorded, faults });
    const { data, ...cost } = complete(tree, { parts, variables: request.variables, faults });
    const text = JSON.stringify(data);
    const errors = faults.list().filter(({ path }) => isInResponse(path, data));
    return { data: text, isAscii: isAscii(text), errors, ...cost };
  } catch (error) {
    request.context.log.error({ err: error }, 'an operation could not be executed');
    const message = error instanceof Error ? error.message : String(error);
    return { data: 'null', isAscii: true, errors: [{ message, extensions: { code: 'INTERNAL' } }] };
  }
}

// eslint-disable-next-line no-control-regex
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
