import { onJob } from '@diaspora/kit';
import { cancelPayment, capturePayment, readPaymentFee, requestPayment, requestRefund } from '../jobs.js';
import type { Charges } from './service.js';

export const chargeJobs = (charges: Charges) => ({
  ...onJob(requestPayment, charges.request),
  ...onJob(capturePayment, charges.capture),
  ...onJob(cancelPayment, async (payment) => void (await charges.cancel(payment))),
  ...onJob(readPaymentFee, charges.askFee),
  ...onJob(requestRefund, charges.requestRefund),
});
