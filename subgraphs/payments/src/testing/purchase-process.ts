/** `purchase-process.ts PLAN`: carries a purchase, and ends as `kill -9` ends a process when it comes to the plan's step. */
import { runPurchase, type PurchasePlan } from './purchase-run.js';

const plan = JSON.parse(process.argv[2] ?? '') as PurchasePlan;

await runPurchase(plan, async (step) => {
  if (step !== plan.endsAt) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
});
