import { idType } from '@diaspora/kit';

/** People are owned by users; their keys come out of their ids at the edge. */
export const userIds = idType('usr');
export const planIds = idType('pln');
export const subscriptionIds = idType('sub');
export const creditGrantIds = idType('crg');
export const creditReservationIds = idType('crv');
export const creditEntryIds = idType('cre');
export const paymentIds = idType('pay');
export const paymentMethodIds = idType('pmt');
export const refundIds = idType('rfd');
export const disputeIds = idType('dsp');
/** Orders have the key of the purchase in events. */
export const orderIds = idType('ord');
export const invoiceIds = idType('inv');
export const purchaseIds = idType('pur');
/** Of the books: no entities of their own. */
export const ledgerAccountIds = idType('lac');
export const ledgerTransactionIds = idType('ltx');
export const invoiceIssuerIds = idType('isr');
export const taxRateIds = idType('txr');
