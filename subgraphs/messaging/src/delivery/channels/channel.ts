import type { Delivery, Notification } from '../../__generated__/prisma/client.js';
import type { Transaction } from '../../database.js';
import type { Letter } from '../letters.js';
import type { Outcome } from '../rules.js';

/** What is to be sent, and its attempt, which is on record. */
export interface Parcel {
  readonly attemptId: string;
  readonly delivery: Pick<Delivery, 'id' | 'recipientId' | 'target'>;
  readonly notifications: readonly Notification[];
  readonly letter: Letter;
}

/** Sends after the commit; the outcome is settled in a transaction of its own. */
export interface Sending {
  readonly provider: string;
  send(parcel: Parcel): Promise<Outcome>;
  /** When the target turns out to be gone. */
  onGone?(tx: Transaction): Promise<void>;
}

/** Hands over in the transaction of the attempt, to somebody who answers later. */
export interface HandingOver {
  readonly provider: string;
  handOver(tx: Transaction, parcel: Parcel): Promise<void>;
}

export interface ChannelAdapter {
  /** How to send to a target; null when that is gone. */
  open(
    tx: Transaction,
    delivery: Pick<Delivery, 'id' | 'recipientId' | 'target'>,
  ): Promise<Sending | HandingOver | null>;
}
