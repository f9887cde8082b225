import { describe, expect, it } from '@jest/globals';
import { interpretPaypalEvent } from './events.js';

const told = (dispute: object) =>
  interpretPaypalEvent({
    body: JSON.stringify({
      id: 'WH-1',
      event_type: 'CUSTOMER.DISPUTE.RESOLVED',
      create_time: '2026-06-01T10:00:00.000Z',
      resource: {
        dispute_id: 'PP-D-1',
        create_time: '2026-05-01T10:00:00.000Z',
        reason: 'UNAUTHORISED',
        dispute_amount: { currency_code: 'EUR', value: '12.50' },
        disputed_transactions: [{ custom: 'pay_1' }],
        ...dispute,
      },
    }),
  });
const resolved = (outcome_code?: string) => told({ status: 'RESOLVED', dispute_outcome: { outcome_code } });

describe('a dispute at PayPal', () => {
  it.each([
    ['RESOLVED_SELLER_FAVOUR', 'WON'],
    ['CANCELED_BY_BUYER', 'WON'],
    // PayPal turned the buyer down.
    ['DENIED', 'WON'],
    ['RESOLVED_WITH_PAYOUT', 'WON'],
    ['NONE', 'WON'],
    ['RESOLVED_BUYER_FAVOUR', 'LOST'],
    ['ACCEPTED', 'LOST'],
  ])('that ends as %s is %s', (code, status) => {
    expect(resolved(code)).toMatchObject({ kind: 'dispute', status, amountMinor: 1_250n });
  });

  it('that ends in a way nobody told us of is for a person to see', () => {
    expect(() => resolved('RESOLVED_BY_COIN')).toThrow('no outcome');
    expect(() => resolved()).toThrow('no outcome');
  });

  it('that goes on is open', () => {
    expect(told({ status: 'WAITING_FOR_SELLER_RESPONSE' })).toMatchObject({ status: 'OPEN' });
  });
});
