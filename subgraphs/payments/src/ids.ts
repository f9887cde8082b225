import { idType } from '@diaspora/kit';

/** People are owned by users; their keys come out of their ids at the edge. */
export const userIds = idType('usr');
export const planIds = idType('pln');
export const subscriptionIds = idType('sub');
export const paymentIds = idType('pay');
