import { composeServices } from '@apollo/composition';
import { execute, parse, type GraphQLSchema } from 'graphql';
import { createShop, shippingEstimate, type Product } from './subgraphs/data.js';
import { subgraphNames, typeDefs, type SubgraphName } from './subgraphs/schemas.js';

export interface Reference {
  /** For every router under test; the subgraphs' addresses are in it. */
  readonly supergraphSdl: string;
  /** JSON text of the right answer, for a visitor or for nobody, while data stands still. */
  answer(query: string, viewer: string | null): Promise<string>;
}

/** Composes the subgraphs, and answers queries with graphql-js straight from the data: no router has a say in it. */
export function createReference(urls: Readonly<Record<SubgraphName, string>>): Reference {
  const services = subgraphNames.map((name) => ({ name, url: urls[name], typeDefs: parse(typeDefs[name]) }));
  const composed = composeServices(services);
  if (composed.errors) throw new Error(composed.errors.map(({ message }) => message).join('\n'));
  const schema = composed.schema.toAPISchema().toGraphQLJSSchema();
  return {
    supergraphSdl: composed.supergraphSdl,
    answer: (query, viewer) => answerFrom(schema, query, viewer),
  };
}

async function answerFrom(schema: GraphQLSchema, query: string, viewer: string | null): Promise<string> {
  const { users, products } = createShop();
  const rootValue = {
    viewer,
    users: ({ first }: { first: number }) => users.slice(0, first),
    topProducts: ({ first }: { first: number }) => products.slice(0, first),
  };
  const result = await execute({
    schema,
    document: parse(query),
    rootValue,
    fieldResolver: (source: Record<string, unknown>, args: object, _context, { fieldName }) => {
      if (fieldName === 'shippingEstimate') {
        const { basePrice, weight } = source as unknown as Product;
        return shippingEstimate(basePrice, weight);
      }
      const value =
        source[fieldName] ?? source[`base${fieldName[0]!.toUpperCase()}${fieldName.slice(1)}`] ?? null;
      return typeof value === 'function' ? (value as (args: object) => unknown)(args) : value;
    },
  });
  if (result.errors) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return JSON.stringify(result);
}
