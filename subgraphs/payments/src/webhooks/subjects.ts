/** Under which names providers tell what an event is about: things of theirs, and our ids as they come back. */
const names = new Set([
  'id',
  'reference',
  'refund',
  'refundReference',
  'payment',
  'payment_intent',
  'payment_method',
  'customer',
  'custom',
  'custom_id',
  'order_id',
  'seller_transaction_id',
  'dispute_id',
]);
const most = 50;

/** What an event is about, as it is found again by: for one person's erasure, or one order's story. Nothing of what is no JSON. */
export function subjectsOf(body: string): string[] {
  const found = new Set<string>();
  const note = (name: string, value: unknown): unknown => {
    if (names.has(name) && typeof value === 'string')
      for (const id of value.split(':')) if (/^[\w-]{3,255}$/.test(id)) found.add(id);
    return value;
  };
  try {
    JSON.parse(body, note);
  } catch {
    return [];
  }
  return [...found].slice(0, most);
}
