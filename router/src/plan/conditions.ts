import { Kind, type DirectiveNode, type SelectionNode } from 'graphql';

/** Coerced values of the variables that `@skip` and `@include` use. */
export type ConditionValues = Readonly<Record<string, unknown>>;

/** Whether a selection takes part: `@skip` and `@include` as constants (GraphQL specification, 3.13.1 and 3.13.2). */
export const isIncluded = ({ directives }: SelectionNode, values: ConditionValues): boolean =>
  (directives ?? []).every((directive) => {
    if (!isCondition(directive)) return true;
    const condition = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
    const holds =
      condition?.kind === Kind.VARIABLE
        ? values[condition.name.value] === true
        : condition?.kind === Kind.BOOLEAN && condition.value;
    return holds === (directive.name.value === 'include');
  });

export const isCondition = ({ name: { value } }: DirectiveNode): boolean =>
  value === 'skip' || value === 'include';
