import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { finiteNumbers } from '../limits/finite-numbers.js';
import { nesting } from '../limits/nesting.js';
import { RequestFault } from './request-fault.js';

export interface DocumentRules {
  readonly schema: GraphQLSchema;
  /** Without introspection "Did you mean" is left out too: it gives away what introspection hides. */
  readonly introspection: boolean;
  readonly maxTokens: number;
  /** The limits, as validation rules. */
  readonly limits: readonly ValidationRule[];
}

/** The text of a document to what is executed. Throws RequestFault for what is not GraphQL, or not valid here. */
export function createReadDocument(rules: DocumentRules): (text: string) => DocumentNode {
  const { schema, introspection, maxTokens, limits } = rules;
  const all = [
    ...specifiedRules,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    finiteNumbers,
    nesting,
    ...limits,
  ];
  return (text) => {
    const document = parseText(text, maxTokens);
    const errors = attempt(() => validate(schema, document, all, { hideSuggestions: !introspection }));
    if (errors.length > 0) throw new RequestFault(errors.map(invalid));
    // No database behind us stores NUL.
    if (holdsNul(text)) throw RequestFault.of('INVALID_INPUT', 'Text must not contain NUL characters.');
    // What is kept need not say where it stood: positions hold on to every token of the text.
    return parse(text, { maxTokens, noLocation: true });
  };
}

/** NUL as itself (block strings may hold it), or as an escape of a GraphQL string. */
const holdsNul = (text: string): boolean => text.includes('\u0000') || /\\u0000|\\u\{0+\}/.test(text);

function parseText(text: string, maxTokens: number): DocumentNode {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    // Values nested without end run out of stack before they run out of tokens.
    const fault =
      error instanceof GraphQLError ? error.toJSON() : { message: 'The document cannot be read.' };
    throw new RequestFault([{ ...fault, extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
  }
}

/** Rules may throw: one of graphql-js does for variables at the root of a subscription, all for want of stack. */
function attempt(run: () => readonly GraphQLError[]): readonly GraphQLError[] {
  try {
    return run();
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    if (error instanceof RangeError) return [new GraphQLError('The document is nested too deeply.')];
    throw error;
  }
}

function invalid(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  return { ...formatted, extensions: { ...extensions, code: 'GRAPHQL_VALIDATION_FAILED' } };
}
