import { idType, type IdType } from '@diaspora/kit';

/** People are owned by users; their keys come out of their ids at the edge. */
export const userIds = idType('usr');
export const planIds = idType('pln');
export const subscriptionIds = idType('sub');
export const paymentIds = idType('pay');

/** The key in a public id, or null where `decode` would throw: a reference to nothing is null, not an error. */
export function keyOf(type: IdType, id: string): string | null {
  try {
    return type.decode(id);
  } catch {
    return null;
  }
}
