import { GraphQLError, type ValidationRule } from 'graphql';

/** The planner compares values in a time that doubles with each level. */
const mostValues = 12;
/** Fragments included. Depth is limited by fields alone; whoever recurses runs out of stack by these. */
const mostSelections = 200;

/** How deep documents may be nested, whatever the limits of fields say; values in variables may be deeper. */
export const nesting: ValidationRule = (context) => {
  const limited = (most: number, message: string) => {
    let levels = 0;
    let isReported = false;
    return {
      enter() {
        levels += 1;
        if (levels <= most || isReported) return;
        isReported = true;
        context.reportError(new GraphQLError(message));
      },
      leave: () => void (levels -= 1),
    };
  };
  const values = limited(
    mostValues,
    `Values in a document must not be nested deeper than ${mostValues} levels. Use variables.`,
  );
  const selections = limited(
    mostSelections,
    `Selections must not be nested deeper than ${mostSelections} levels.`,
  );
  return { ListValue: values, ObjectValue: values, SelectionSet: selections };
};
