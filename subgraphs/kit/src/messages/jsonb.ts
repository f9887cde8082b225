/**
 * JSON as PostgreSQL's jsonb takes it: it refuses NUL and half a surrogate pair, which become U+FFFD. A backslash that
 * somebody typed is escaped itself and stays.
 */
export const toJsonb = (value: unknown): string =>
  JSON.stringify(value ?? null).replace(/\\(\\|u0000|ud[89a-f][0-9a-f]{2})/g, (escape, escaped) =>
    escaped === '\\' ? escape : '\\ufffd',
  );
