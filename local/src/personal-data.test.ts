import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { personalDataDecisions as content } from '@diaspora/content/personal-data';
import { personalDataDecisions as events } from '@diaspora/events/personal-data';
import type { PersonalDataDecision, PersonalDataDecisions } from '@diaspora/kit';
import { personalDataDecisions as messaging } from '@diaspora/messaging/personal-data';
import { personalDataDecisions as payments } from '@diaspora/payments/personal-data';
import { personalDataDecisions as search } from '@diaspora/search/personal-data';
import { personalDataDecisions as users } from '@diaspora/users/personal-data';
import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import { subgraphNames, type SubgraphName } from './settings.js';

const root = path.resolve(import.meta.dirname, '../..');
const decided: Readonly<Record<SubgraphName, PersonalDataDecisions>> = {
  ...{ users, events, content, messaging, payments, search },
};
const api = buildSchema(readFileSync(path.join(root, 'schema/api.graphql'), 'utf8'));

/** What only carries an answer keeps nothing. */
const isCarrier = (typename: string) =>
  /^(Query|Mutation|Subscription)$|(Payload|Connection|Edge)$/.test(typename);
/** Names under which the schema speaks of people by their ids. */
const isPersonId = (name: string) =>
  /(user|person|people|owner|author|holder|member|organizer|sender|recipient|actor|assignee)Ids?$/i.test(
    name,
  );

function refersToPerson(schema: GraphQLSchema, { name, type }: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(type);
  if (named.name === 'ID') return isPersonId(name);
  if (isAbstractType(named)) return schema.getPossibleTypes(named).some((each) => each.name === 'User');
  return named.name === 'User';
}

const personalFields = Object.values(api.getTypeMap()).flatMap((type) =>
  (isObjectType(type) || isInterfaceType(type)) && !isCarrier(type.name)
    ? Object.values(type.getFields())
        .filter((field) => refersToPerson(api, field))
        .map((field) => `${type.name}.${field.name}`)
    : [],
);

/** The tables of a subgraph with their columns, by the names of their models. */
function modelsOf(subgraph: string): Record<string, string[]> {
  const folder = path.join(root, 'prisma', subgraph);
  const text = readdirSync(folder)
    .filter((file) => file.endsWith('.prisma'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('\n');
  const models = [...text.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)];
  return Object.fromEntries(
    models.map(([, name, body]) => [name, [...body!.matchAll(/^ {2}(\w+) /gm)].map(([, field]) => field!)]),
  );
}

const all = Object.entries(decided).flatMap(([subgraph, { tables, fields }]) => [
  ...Object.entries(tables).map(([name, decision]) => ({ subgraph, name, decision: decision! })),
  ...Object.entries(fields).map(([name, decision]) => ({ subgraph, name, decision: decision })),
]);
const isImpersonal = (
  decision: PersonalDataDecision | { readonly impersonal: string },
): decision is { readonly impersonal: string } => 'impersonal' in decision;

describe('personal data in the whole supergraph', () => {
  it('is decided on for each field that leads to a person, once, by a subgraph that has it', () => {
    const fields = Object.values(decided).flatMap((each) => Object.keys(each.fields));
    expect(fields.sort()).toEqual(personalFields.sort());
    for (const [subgraph, { fields: own }] of Object.entries(decided)) {
      const sdl = readFileSync(path.join(root, `schema/subgraphs/${subgraph}.graphql`), 'utf8');
      expect(
        Object.keys(own).filter((name) => !new RegExp(`type ${name.split('.')[0]}\\b`).test(sdl)),
      ).toEqual([]);
    }
  });

  it.each(subgraphNames)('is decided on for each table of %s', (subgraph) => {
    expect(Object.keys(decided[subgraph].tables).sort()).toEqual(Object.keys(modelsOf(subgraph)).sort());
  });

  it.each(subgraphNames)('is not denied in %s of tables that name people', (subgraph) => {
    const models = modelsOf(subgraph);
    const impersonal = Object.entries(decided[subgraph].tables).filter(([, each]) => isImpersonal(each!));
    const named = impersonal.flatMap(([name]) =>
      models[name]!.filter((field) => isPersonId(field) || /accountId$|By(Id)?$/.test(field)),
    );
    expect(named).toEqual([]);
  });

  it('is left out of exports, kept and called impersonal for a reason only', () => {
    const reasons = all.flatMap(({ decision }) => {
      if (isImpersonal(decision)) return [decision.impersonal];
      const { exported, erasure } = decision;
      return [
        ...(typeof exported === 'string' ? [] : [exported.not]),
        ...(typeof erasure === 'string' ? [] : [erasure.kept]),
      ];
    });
    expect(reasons.filter((reason) => !/\S+ \S+/.test(reason))).toEqual([]);
  });

  it.each(subgraphNames)('is exported by %s into the files it was decided to be in', (subgraph) => {
    const folder = path.join(root, 'subgraphs', subgraph, 'src/personal-data');
    const sources = readdirSync(folder)
      .filter((file) => /(?<!\.test|decisions)\.ts$/.test(file))
      .map((file) => readFileSync(path.join(folder, file), 'utf8'))
      .join('\n');
    const files = all.flatMap(({ subgraph: own, decision }) =>
      own === subgraph && !isImpersonal(decision) && typeof decision.exported === 'string'
        ? [decision.exported]
        : [],
    );
    expect(files.filter((file) => !sources.includes(`archive.records('${file}'`))).toEqual([]);
  });
});
