import { containsNul } from '@diaspora/kit/core';
import { getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { RequestFault } from './request-fault.js';

type Values = Readonly<Record<string, unknown>>;

/** Levels of nested values in variables. No input comes near it; far beyond it whoever recurses runs out of stack. */
const mostLevels = 100;
const mostErrors = 50;
const none: Values = Object.freeze({});

/** Variables as a client sent them to values of their declared types. Throws RequestFault. */
export function createCoerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): (variables: Values | undefined) => Values {
  // What is not declared is not read either.
  if (variableDefinitions.length === 0) return () => none;
  return (variables = none) => {
    if (isDeeper(variables, mostLevels)) {
      throw RequestFault.of(
        'INVALID_INPUT',
        `Variables must not be nested deeper than ${mostLevels} levels.`,
      );
    }
    // No database behind us stores NUL.
    if (containsNul(variables))
      throw RequestFault.of('INVALID_INPUT', 'Text must not contain NUL characters.');
    const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables, {
      maxErrors: mostErrors,
    });
    if (coerced !== undefined) return coerced;
    throw new RequestFault(
      (errors ?? []).map((error) => ({ ...error.toJSON(), extensions: { code: 'BAD_USER_INPUT' } })),
    );
  };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
