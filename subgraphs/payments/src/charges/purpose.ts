import type { Dispute, Payment, Refund } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';

/** What a payment is for, as `begin` is told. */
export type PaidFor =
  { readonly subscriptionId: string; readonly periodIndex: number } | { readonly orderId: string };

/**
 * What payments are for: a period of a subscription, or an order. Everything is called in the transaction that changes
 * the payment, under the lock of `lock` and the one on the payment's row, once for each change.
 */
export interface Purpose {
  /** Locks the row behind the payment: always before the payment's own. */
  lock(tx: Transaction, payment: Payment): Promise<void>;
  /** Whether the money would buy something now. */
  wants(tx: Transaction, payment: Payment): Promise<boolean>;
  /** The money came in. OWED_BACK when it buys nothing: then it goes back by itself. */
  captured(tx: Transaction, payment: Payment, at: Date): Promise<'APPLIED' | 'OWED_BACK'>;
  /** The charge was declined; `payment.failure` says why. Its money may still come in later. */
  failed(tx: Transaction, payment: Payment, at: Date): Promise<void>;
  /** Money went back (SUCCEEDED), or did not (FAILED, also after it was said to have gone). */
  refunded(tx: Transaction, payment: Payment, refund: Refund): Promise<void>;
  /** The payer's bank took the money back for now (OPEN), gave it back (WON) or keeps it (LOST). */
  disputed(tx: Transaction, payment: Payment, dispute: Dispute): Promise<void>;
}

export interface Purposes {
  readonly subscription: Purpose;
  readonly order?: Purpose;
}

export function purposeOf(purposes: Purposes, payment: Pick<Payment, 'id' | 'orderId'>): Purpose {
  const purpose = payment.orderId === null ? purposes.subscription : purposes.order;
  if (!purpose) throw new Error(`Nothing is done for the order of payment ${payment.id}.`);
  return purpose;
}

/** Money that moved. `id` is the key of the payment, refund or dispute: with the kind it is told once. */
export interface MoneyMovement {
  readonly kind:
    | 'CAPTURED'
    /** What the provider kept of a captured payment. */
    | 'FEE'
    | 'REFUNDED'
    /** A refund that was REFUNDED did not arrive and is with us again. */
    | 'REFUND_FAILED'
    /** Withheld while the dispute is open; always before DISPUTE_WON or DISPUTE_LOST. */
    | 'DISPUTED'
    | 'DISPUTE_WON'
    | 'DISPUTE_LOST';
  readonly id: string;
  /** Whose money it is, what for, and through which provider. */
  readonly payment: Payment;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly at: Date;
}

/** Called in the transaction of the change that moves the money; what it throws undoes the change. */
export type MovementListener = (tx: Transaction, movement: MoneyMovement) => Promise<void>;

/** Writes down all that moved in a transaction, when everything else of it is done. */
export type MovementDocument = (tx: Transaction, movements: readonly MoneyMovement[]) => Promise<void>;

/** What became of what a provider told. */
export type Outcome =
  | 'APPLIED'
  | 'OWED_BACK'
  | 'REFUND_FAILED'
  | 'NOTHING_NEW'
  | 'UNKNOWN_PAYMENT'
  | 'EXCEEDS_PAYMENT'
  | 'MISMATCH';
