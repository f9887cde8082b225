import type { Plan, Subscription } from './__generated__/prisma/client.js';

export type PlanModel = Plan;
export type PlanSubscriptionModel = Subscription;
/** A person as a reference: the public id. */
export type UserModel = { readonly id: string };
