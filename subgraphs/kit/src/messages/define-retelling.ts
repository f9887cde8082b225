import { PrismaPg } from '@prisma/adapter-pg';
import { createPool } from '../database/index.js';
import type { MessageDefinitions } from './definitions.js';
import { createOutbox } from './outbox.js';
import { retell, type RetellingOptions, type States } from './retelling.js';
import type { SqlTransaction } from './transaction.js';

/** How `npm run retell` has a subgraph tell its state again. */
export interface OwnRetelling {
  readonly types: readonly string[];
  /** Returns how many keys there were. */
  run(this: void, databaseUrl: string, options: RetellingOptions): Promise<number>;
}

/** A Prisma client of the subgraph. */
type Client<Tx> = Tx & {
  $transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>;
  $disconnect(): Promise<void>;
};

export const defineRetelling = <Definitions extends MessageDefinitions, Tx extends SqlTransaction>({
  messages,
  connect,
  states,
}: {
  readonly messages: Definitions;
  readonly connect: (adapter: PrismaPg) => Client<Tx>;
  readonly states: States<Definitions, Tx>;
}): OwnRetelling => ({
  types: Object.values(states).flatMap(({ types }) => types),
  run: async (databaseUrl, options) => {
    const pool = createPool({ url: databaseUrl, max: 2 });
    const db = connect(new PrismaPg(pool));
    const transaction = <T>(run: (tx: Tx) => Promise<T>) => db.$transaction(run);
    try {
      return await retell({ db, transaction, outbox: createOutbox(messages), states }, options);
    } finally {
      await db.$disconnect();
      await pool.end();
    }
  },
});
