import { createHash } from 'node:crypto';

/** PostgreSQL keeps each named statement on each connection that used it. */
const mostNames = 400;

/** Lists of several values or rows, whose length is part of the statement's text. */
const hasList = /\bIN \(\$\d+,|\),\s?\(/;

/**
 * Names by which PostgreSQL knows statements again on a connection, so that it does not parse each of them each time; they
 * are planned for their values still (`createPool`). What has a list is another statement with each length of it: it has
 * no name (''). A migration that changes the type of a column breaks those that read it until their connections are new.
 */
export function createStatementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= mostNames || hasList.test(sql)) return '';
    const name = createHash('sha256').update(sql).digest('base64url');
    names.set(sql, name);
    return name;
  };
}
