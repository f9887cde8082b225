/** The shop that the routers are asked about: the same on every run, on every machine. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly baseKarma: number;
  readonly reviews: Review[];
}

export interface Product {
  readonly upc: string;
  readonly name: string;
  /** Cents. Here and below: what `base` is the start of is the value while nothing changes. */
  readonly basePrice: number;
  /** Grams. */
  readonly weight: number;
  /** Pieces. */
  readonly baseStock: number;
  readonly reviews: Review[];
}

export interface Review {
  readonly id: string;
  readonly body: string;
  readonly rating: number;
  readonly baseLikes: number;
  readonly author: User;
  readonly product: Product;
}

export interface Shop {
  readonly users: readonly User[];
  readonly products: readonly Product[];
  readonly reviews: readonly Review[];
}

const userCount = 12;
const productCount = 16;
const reviewsOfEachUser = 4;
const adjectives = ['quiet', 'bright', 'folding', 'heavy', 'woven', 'narrow', 'patient', 'second-hand'];
const things = ['lamp', 'kettle', 'bicycle', 'shelf', 'blanket', 'radio', 'ladder', 'notebook'];
const verdicts = ['Does what it should.', 'Broke after a week', 'Would buy again', 'Smaller than it looks'];

const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

export function createShop(): Shop {
  const users = numbered(userCount).map((index): User => {
    const id = `user-${index + 1}`;
    const names = { username: `visitor_${index + 1}`, name: `Ada Example the ${index + 1}.` };
    return { id, ...names, baseKarma: 100 + 10 * index, reviews: [] };
  });
  const products = numbered(productCount).map((index): Product => {
    const name = `A ${adjectives[index % 8]} ${things[(index * 3 + (index >> 3)) % 8]}`;
    const sizes = { basePrice: 1_000 + index * 317, weight: 200 + index * 90, baseStock: 100 + index * 5 };
    return { upc: `upc-${index + 1}`, name, ...sizes, reviews: [] };
  });
  const reviews = users.flatMap((author, user) =>
    numbered(reviewsOfEachUser).map((turn): Review => {
      const index = user * reviewsOfEachUser + turn;
      const product = products[(index * 5 + user) % productCount]!;
      const body = `${verdicts[index % 4]}: ${product.name}`;
      const numbers = { rating: 1 + (index % 5), baseLikes: 100 + index };
      const review = { id: `review-${index + 1}`, body, ...numbers, author, product };
      author.reviews.push(review);
      product.reviews.push(review);
      return review;
    }),
  );
  return { users, products, reviews };
}

/** How far the values of one changing field lie apart at most: never so far that another digit is needed. */
export const spread = 89;

/**
 * What a field says in answer number `tick`; as long as nothing changes that is 0 and this is `base`. `salt` keeps
 * fields and objects apart.
 */
export const changed = (base: number, salt: number, tick: number): number =>
  tick === 0 ? base : base + ((tick * 7 + salt) % (spread + 1));

/** Cents: rises with the price, so that it changes when the price does. */
export const shippingEstimate = (price: number, weight: number): number =>
  Math.ceil(price / 8) + Math.ceil(weight / 2);
