import { describe, expect, it } from '@jest/globals';
import { subjectsOf } from './subjects.js';

describe('what an event is about', () => {
  it.each([
    [
      'a payment of Stripe',
      { id: 'evt_1', data: { object: { id: 'pi_1', customer: 'cus_1', metadata: { reference: 'pay_1' } } } },
      ['cus_1', 'evt_1', 'pay_1', 'pi_1'],
    ],
    [
      'a method of Stripe',
      { data: { object: { id: 'seti_1', payment_method: 'pm_1', metadata: { reference: 'pmt_1' } } } },
      ['pm_1', 'pmt_1', 'seti_1'],
    ],
    [
      'a refund of PayPal, under both of our names',
      { resource: { id: '1JU08902781691411', custom_id: 'pay_1:rfd_1' } },
      ['1JU08902781691411', 'pay_1', 'rfd_1'],
    ],
    [
      'a dispute of PayPal',
      { resource: { dispute_id: 'PP-D-1', disputed_transactions: [{ custom: 'pay_1' }] } },
      ['PP-D-1', 'pay_1'],
    ],
  ])('is found in %s', (_what, event, subjects) => {
    expect(subjectsOf(JSON.stringify(event)).sort()).toEqual(subjects);
  });

  it('is nothing where there is none, and no text of people', () => {
    expect(subjectsOf('{')).toEqual([]);
    expect(subjectsOf(JSON.stringify({ reference: 'Ana Pop, Cluj', amount: 'pay_1' }))).toEqual([]);
  });
});
