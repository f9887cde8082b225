import { changed, shippingEstimate, type Product, type Review, type Shop, type User } from './data.js';
import type { SubgraphName } from './schemas.js';

/** What an answer may depend on besides its document and variables. */
export interface Call {
  /** The number of the answer when data changes, else 0. */
  readonly tick: number;
  readonly authorization: string | undefined;
}

type Values = Readonly<Record<string, unknown>>;

/** The value of a field; where a type has none for a field, it is the property of that name. */
export type Resolve = (source: never, args: Values, call: Call) => unknown;

export interface Model {
  /** By `Type.field`. */
  readonly fields: Readonly<Record<string, Resolve>>;
  /** Those of `fields` that are whole numbers and differ from call to call, though not in their number of digits. */
  readonly changing: ReadonlySet<string>;
  /** By the name of the type; null when there is no such entity. */
  readonly entities: Readonly<Record<string, (representation: Values) => object | null>>;
  /** Entities are made for each representation: no text can be kept for them. */
  readonly isMadeAnew: boolean;
}

const token = (authorization: string | undefined) => authorization?.replace(/^Bearer /, '') ?? null;
const first = (args: Values) => args['first'] as number;

/** What each of the four subgraphs knows and how it finds it; `tick` of a call is 0 unless data changes. */
export function createModels(shop: Shop): Record<SubgraphName, Model> {
  const users = new Map(shop.users.map((user) => [user.id, user]));
  const products = new Map(shop.products.map((product) => [product.upc, product]));
  const user = ({ id }: Values) => users.get(id as string) ?? null;
  const product = ({ upc }: Values) => products.get(upc as string) ?? null;
  const stocked = (representation: Values) => {
    const stored = product(representation);
    if (!stored) return null;
    return { upc: stored.upc, stored, price: representation['price'], weight: representation['weight'] };
  };
  return {
    accounts: {
      fields: {
        'Query.viewer': (_source, _args, { authorization }) => token(authorization),
        'Query.users': (_source, args) => shop.users.slice(0, first(args)),
        'User.karma': ({ baseKarma }: User, _args, { tick }) => changed(baseKarma, baseKarma, tick),
      },
      changing: new Set(['User.karma']),
      entities: { User: user },
      isMadeAnew: false,
    },
    products: {
      fields: {
        'Query.topProducts': (_source, args) => shop.products.slice(0, first(args)),
        'Product.price': ({ basePrice, weight }: Product, _args, { tick }) =>
          changed(basePrice, weight, tick),
      },
      changing: new Set(['Product.price']),
      entities: { Product: product },
      isMadeAnew: false,
    },
    inventory: {
      fields: {
        'Product.stock': ({ stored }: { stored: Product }, _args, { tick }) =>
          changed(stored.baseStock, stored.weight, tick),
        'Product.shippingEstimate': ({ price, weight }: { price: number; weight: number }) =>
          shippingEstimate(price, weight),
      },
      changing: new Set(['Product.stock']),
      entities: { Product: stocked },
      isMadeAnew: true,
    },
    reviews: {
      fields: {
        'Review.likes': ({ baseLikes }: Review, _args, { tick }) => changed(baseLikes, baseLikes, tick),
      },
      changing: new Set(['Review.likes']),
      entities: { User: user, Product: product },
      isMadeAnew: false,
    },
  };
}
