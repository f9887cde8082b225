/** Concatenation as generated code: what is constant between two values becomes one literal. */
export interface TextExpression {
  literal(text: string): TextExpression;
  /** An expression that is a string or a number. */
  value(expression: string): TextExpression;
  toString(): string;
}

export function createText(): TextExpression {
  const parts: string[] = [];
  let pending = '';
  const flush = () => {
    if (pending !== '') parts.push(JSON.stringify(pending));
    pending = '';
  };
  const text: TextExpression = {
    literal: (more) => {
      pending += more;
      return text;
    },
    value: (expression) => {
      flush();
      parts.push(expression);
      return text;
    },
    toString: () => {
      flush();
      return parts.length === 0 ? '""' : parts.join(' + ');
    },
  };
  return text;
}
