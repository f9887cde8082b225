import type { Transaction } from '../database.js';

/** Those who wait for places of events. */
export interface Queue {
  /** Offers places that are free to those who wait. The event is locked. */
  offerNext(this: void, tx: Transaction, eventId: string): Promise<void>;
  /** What was refused for want of places has undone the offers it made first: they are made after all. Throws the error. */
  passOnAfter(this: void, error: unknown, eventIds: readonly string[]): Promise<never>;
  /** Those who wait come before a person who buys; what is offered to the person is free for it. The event is locked. */
  claim(this: void, tx: Transaction, whose: { eventId: string; userId: string }): Promise<void>;
  /** A person who waited has come to a place. The event is locked. */
  settle(this: void, tx: Transaction, whose: { eventId: string; userId: string }): Promise<void>;
}
