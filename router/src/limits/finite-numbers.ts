import { GraphQLError, type ValidationRule } from 'graphql';

/** Number literals beyond a double are valid to graphql-js, which reads them as Infinity, and an exception to the planner. */
export const finiteNumbers: ValidationRule = (context) => {
  const check = (node: { readonly value: string }) => {
    if (!Number.isFinite(Number(node.value))) {
      context.reportError(new GraphQLError('A number is beyond all that can be represented.'));
    }
  };
  return { FloatValue: check, IntValue: check };
};
