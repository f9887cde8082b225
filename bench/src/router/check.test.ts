import { describe, expect, it } from '@jest/globals';
import { compare, createByteCheck, createChangingCheck, type Check } from './check.js';

const ok = 'HTTP/1.1 200 OK\r\n\r\n';

/** One answer as the load generator passes it on. */
function tell(check: Check, text: string, { visitor, head = ok }: { visitor?: string; head?: string } = {}) {
  check.begin(visitor);
  check.head(head);
  const bytes = Buffer.from(text);
  check.body(bytes.subarray(0, 12));
  check.body(bytes.subarray(12));
  check.end();
}

describe('while data stands still', () => {
  const expected = '{"data":{"viewer":"ann","price":10}}';

  it('takes the same bytes, again and again', () => {
    const check = createByteCheck(expected, undefined);
    tell(check, expected);
    expect(() => tell(check, expected)).not.toThrow();
  });

  it.each([
    ['another byte', expected.replace('10', '11')],
    ['a byte too few', expected.slice(0, -1)],
    ['a byte too many', `${expected} `],
  ])('refuses %s', (_what, text) => {
    expect(() => tell(createByteCheck(expected, undefined), text)).toThrow(/^Wrong answer/);
  });

  it('refuses another status', () => {
    const head = 'HTTP/1.1 503 Service Unavailable\r\n\r\n';
    expect(() => tell(createByteCheck(expected, undefined), expected, { head })).toThrow('503');
  });

  it('wants each visitor to get an answer of their own', () => {
    const check = createByteCheck(expected, 'ann');
    tell(check, expected.replace('ann', 'bob'), { visitor: 'bob' });
    expect(() => tell(check, expected, { visitor: 'bob' })).toThrow(/^Wrong answer/);
  });
});

describe('while data changes', () => {
  const reference = {
    data: { viewer: null, items: [{ name: 'lamp', price: 1_000, shippingEstimate: 300 }] },
  };
  const answer = (changes: object) => ({
    data: { viewer: null, items: [{ ...reference.data.items[0], ...changes }] },
  });

  it.each([
    ['the reference itself', answer({}), undefined],
    ['changed values', answer({ price: 1_089, shippingEstimate: 312 }), undefined],
    ['a price that no change explains', answer({ price: 1_090 }), 'answer.data.items.0.price is 1090'],
    ['a price below', answer({ price: 999 }), 'answer.data.items.0.price is 999'],
    ['a price as text', answer({ price: '1000' }), 'answer.data.items.0.price is "1000"'],
    ['what may not change', answer({ name: 'Lamp' }), 'answer.data.items.0.name is "Lamp"'],
    ['a field too many', answer({ more: 1 }), 'answer.data.items.0 has other fields'],
    ['a list cut short', { data: { viewer: null, items: [] } }, 'answer.data.items has other fields'],
    ['null', { data: null }, 'answer.data is null'],
    ['errors beside data', { ...answer({}), errors: [] }, 'answer has other fields'],
  ])('%s', (_what, given, difference) => {
    expect(compare(reference, given, { visitor: undefined })).toBe(difference);
  });

  it('parses every answer that it is told to, and counts the bytes of the others', () => {
    const check = createChangingCheck(reference, 2);
    const wrong = JSON.stringify(answer({ price: 5_000 }));
    tell(check, wrong);
    expect(() => tell(check, wrong)).toThrow('price is 5000');
    expect(() => tell(createChangingCheck(reference, 2), '{"data":null}')).toThrow('13 bytes of about');
  });
});
