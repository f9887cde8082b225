import type { AuditDecisions } from '@diaspora/kit';
import type { Mutation } from './__generated__/schema.js';

/** Which mutations leave a line in the audit trail, under which action, and why the others do not. */
export const audited: AuditDecisions<Mutation> = {
  reserveCredits: 'credits.reserved',
  settleCredits: 'credits.settled',
  releaseCredits: 'credits.released',
  grantBonusCredits: 'credits.granted',
  payOrder: 'order.paymentRequested',
  retryOrderRefund: 'order.refundRetried',
  setPlatformFee: 'platformFee.changed',
  addPaymentMethod: 'paymentMethod.added',
  confirmPaymentMethod: { notAudited: 'asks the provider what became of a method whose adding is on record' },
  setDefaultPaymentMethod: 'paymentMethod.madeDefault',
  removePaymentMethod: 'paymentMethod.removed',
  createPlanVersion: 'plan.versionCreated',
  retirePlan: 'plan.retired',
  subscribe: 'subscription.bought',
  cancelSubscription: 'subscription.cancelled',
  updateBillingDetails: { notAudited: 'their own words for their own invoices' },
  draftInvoice: 'invoice.drafted',
  finaliseInvoice: 'invoice.finalised',
  discardInvoice: 'invoice.discarded',
  creditInvoice: 'invoice.credited',
  updateInvoiceIssuer: 'invoiceIssuer.changed',
  setTaxRate: 'taxRate.set',
  resumeSubscription: 'subscription.resumed',
  changeSubscriptionPlan: 'subscription.planChanged',
  pauseSubscription: 'subscription.paused',
  unpauseSubscription: 'subscription.unpaused',
  changeSubscriptionPaymentMethod: 'subscription.paymentMethodChanged',
};
