import { getNamedType, isLeafType, isObjectType, isRequiredArgument, type GraphQLObjectType } from 'graphql';

/** Every field of a type that can be asked for without more, and of what it leads to, so many steps away. */
export function selectionOf(type: GraphQLObjectType, steps: number): string {
  return Object.values(type.getFields())
    .filter(({ args }) => !args.some(isRequiredArgument))
    .map((field) => {
      const named = getNamedType(field.type);
      const page = field.args.some(({ name }) => name === 'first') ? '(first: 20)' : '';
      if (isLeafType(named)) return field.name;
      if (!isObjectType(named)) return `${field.name} { __typename }`;
      const selection = steps > 0 ? selectionOf(named, steps - 1) : '';
      return selection && `${field.name}${page} { ${selection} }`;
    })
    .filter((field) => field !== '')
    .join(' ');
}

/** Whether there is something to see. */
export const isShown = (value: unknown): boolean => {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || !('nodes' in value) || isShown(value.nodes);
};
