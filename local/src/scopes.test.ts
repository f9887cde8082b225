import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { scopeCatalogue } from '@diaspora/users/clients';

const subgraphs = path.resolve(import.meta.dirname, '../../subgraphs');

/** Scopes that subgraphs ask for, wherever they do. */
const asked = readdirSync(subgraphs, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\/src\/.*(?<!\.test)\.ts$/.test(file) && !/__generated__|testing|^kit\//.test(file))
  .map((file) => readFileSync(path.join(subgraphs, file), 'utf8'))
  .flatMap((source) => [
    ...source.matchAll(
      /(?:personOr|hasScope)\('([^']+)'\)|isPersonOr\(\w+, '([^']+)'\)|scopes\.includes\('([^']+)'\)/g,
    ),
  ])
  .map(([, ...names]) => names.find(Boolean)!);

describe('scopes of programs', () => {
  it('are those that some subgraph asks for, and no others', () => {
    expect([...new Set(asked)].sort()).toEqual([...scopeCatalogue]);
  });
});
