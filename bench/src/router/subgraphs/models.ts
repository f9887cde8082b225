import { priceOf, shippingEstimate, stockOf, type Product, type Shop } from './data.js';
import type { SubgraphName } from './schemas.js';

/** What an answer may depend on besides its document and variables. */
export interface Call {
  /** The number of the answer when data changes, else 0. */
  readonly tick: number;
  readonly authorization: string | undefined;
}

/** The value of a field; where a type has none for a field, it is the property of that name. */
export type Resolve = (source: never, args: Readonly<Record<string, unknown>>, call: Call) => unknown;

export interface Model {
  /** By `Type.field`. */
  readonly fields: Readonly<Record<string, Resolve>>;
  /** Fields that differ from call to call, or with the representation. */
  readonly volatile: ReadonlySet<string>;
  /** By the name of the type; null when there is no such entity. */
  readonly entities: Readonly<Record<string, (representation: Readonly<Record<string, unknown>>) => unknown>>;
}

export const token = (authorization: string | undefined) => authorization?.replace(/^Bearer /, '') ?? null;

const first = (args: Readonly<Record<string, unknown>>) => args['first'] as number;

/** What each of the four subgraphs knows and how it finds it. */
export function createModels(shop: Shop, changing: boolean): Record<SubgraphName, Model> {
  const users = new Map(shop.users.map((user) => [user.id, user]));
  const products = new Map(shop.products.map((product) => [product.upc, product]));
  const user = ({ id }: Readonly<Record<string, unknown>>) => users.get(id as string) ?? null;
  const product = ({ upc }: Readonly<Record<string, unknown>>) => products.get(upc as string) ?? null;
  const asStored = (entity: object | null, { price, weight }: Readonly<Record<string, unknown>>) =>
    entity && { ...entity, stored: entity, price, weight };
  const whenChanging = (...names: string[]) => (changing ? names : []);
  return {
    accounts: {
      fields: {
        'Query.viewer': (_source, _args, { authorization }) => token(authorization),
        'Query.users': (_source, args) => shop.users.slice(0, first(args)),
      },
      volatile: new Set(['Query.viewer']),
      entities: { User: user },
    },
    products: {
      fields: {
        'Query.topProducts': (_source, args) => shop.products.slice(0, first(args)),
        'Product.price': (source: Product, _args, { tick }) => priceOf(source, tick),
      },
      volatile: new Set(whenChanging('Product.price')),
      entities: { Product: product },
    },
    inventory: {
      fields: {
        'Product.stock': ({ stored }: { stored: Product }, _args, { tick }) => stockOf(stored, tick),
        'Product.shippingEstimate': ({ price, weight }: { price: number; weight: number }) =>
          shippingEstimate(price, weight),
      },
      volatile: new Set(['Product.shippingEstimate', 'Product.stock']),
      entities: { Product: (representation) => asStored(product(representation), representation) },
    },
    reviews: {
      fields: {},
      volatile: new Set(),
      entities: { User: user, Product: product },
    },
  };
}
