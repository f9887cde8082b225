import type { Transaction } from '../database.js';

/** How somebody proved who they are: by their password, a mailed code, or another site that vouches for them. */
export type SignInMethod = 'password' | 'emailCode' | 'federated';

/** How they proved it a second time. A trusted device has been used with a code before. */
export type SecondMethod = 'totp' | 'recoveryCode' | 'trustedDevice';

const secondMethods: ReadonlySet<string> = new Set<SecondMethod>(['totp', 'recoveryCode', 'trustedDevice']);

/** A session from before the second factor is none any more, should it have outlived the factor's beginning. */
export const isEnough = (
  account: { secondFactorAt: Date | null },
  session: { methods: readonly string[] },
): boolean => account.secondFactorAt === null || session.methods.some((method) => secondMethods.has(method));

/** The session in which a second factor is set up goes on: its owner has just proved the factor. */
export const addMethod = (tx: Transaction, sessionId: string, method: SecondMethod) =>
  tx.session.updateMany({ where: { id: sessionId }, data: { methods: { push: method } } });
