import type { PaymentFailure } from './__generated__/schema.js';

const failures: Record<string, PaymentFailure> = {
  card_declined: 'CARD_DECLINED',
  refused_by_provider: 'REFUSED_BY_PROVIDER',
  cancelled: 'CANCELLED',
  replaced: 'CANCELLED',
};

/** Why a payment failed, as clients are told; null when it did not. */
export const failureOf = (failure: string | null): PaymentFailure | null =>
  failure === null ? null : (failures[failure] ?? 'OTHER');
