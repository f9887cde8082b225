/** The shop that the routers are asked about: the same on every run, on every machine. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly reviews: Review[];
}

export interface Product {
  readonly upc: string;
  readonly name: string;
  /** Cents, while nothing changes. */
  readonly basePrice: number;
  /** Grams. */
  readonly weight: number;
  /** Pieces, while nothing changes. */
  readonly baseStock: number;
  readonly reviews: Review[];
}

export interface Review {
  readonly id: string;
  readonly body: string;
  readonly rating: number;
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
    return { id, username: `visitor_${index + 1}`, name: `Ada Example the ${index + 1}.`, reviews: [] };
  });
  const products = numbered(productCount).map((index): Product => {
    const name = `A ${adjectives[index % 8]} ${things[(index * 3 + (index >> 3)) % 8]}`;
    const sizes = { basePrice: 1_000 + index * 317, weight: 200 + index * 90, baseStock: 10 + index * 5 };
    return { upc: `upc-${index + 1}`, name, ...sizes, reviews: [] };
  });
  const reviews = users.flatMap((author, user) =>
    numbered(reviewsOfEachUser).map((turn): Review => {
      const index = user * reviewsOfEachUser + turn;
      const product = products[(index * 5 + user) % productCount]!;
      const body = `${verdicts[index % 4]}: ${product.name}, week ${index + 1}`;
      const review = { id: `review-${index + 1}`, body, rating: 1 + (index % 5), author, product };
      author.reviews.push(review);
      product.reviews.push(review);
      return review;
    }),
  );
  return { users, products, reviews };
}

/** How far price (cents) and stock (pieces) of the same product lie apart at most, when data changes. */
export const spread = 89;

/** Cents; `tick` is the number of the answer when data changes, else 0. */
export const priceOf = (product: Product, tick: number): number =>
  product.basePrice + ((tick * 7 + product.weight) % (spread + 1)) * Math.sign(tick);

/** Pieces; `tick` as in priceOf. */
export const stockOf = (product: Product, tick: number): number =>
  product.baseStock + ((tick * 3 + product.weight) % (spread + 1)) * Math.sign(tick);

/** Cents: rises with the price, so that it changes when the price does. */
export const shippingEstimate = (price: number, weight: number): number =>
  Math.ceil(price / 8) + Math.ceil(weight / 2);
