import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { buildSchema, isUnionType, type GraphQLUnionType } from 'graphql';

/** Of entities, which have fields for other reasons than to be asked for together. */
const ofEntities = ['SearchHit'];

/** Fields of one name and different types: GraphQL refuses to ask for both without an alias. */
function conflictsIn(union: GraphQLUnionType): string[] {
  const typesOf = new Map<string, Set<string>>();
  for (const member of union.getTypes())
    for (const { name, type } of Object.values(member.getFields()))
      typesOf.set(name, (typesOf.get(name) ?? new Set()).add(String(type)));
  return [...typesOf].flatMap(([name, types]) =>
    types.size > 1 ? `${union.name}: ${name} is ${[...types].join(' or ')}` : [],
  );
}

it('types of one union can be asked for together: a field of one name has one type', async () => {
  const sdl = await readFile(path.resolve(import.meta.dirname, '../../schema/api.graphql'), 'utf8');
  const unions = Object.values(buildSchema(sdl).getTypeMap()).filter(isUnionType);
  expect(unions.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['ConversationEvent', ...ofEntities]),
  );
  expect(unions.filter(({ name }) => !ofEntities.includes(name)).flatMap(conflictsIn)).toEqual([]);
});
