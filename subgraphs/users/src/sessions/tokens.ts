import type { Account } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { heldAt } from '../offices/index.js';
import type { AccessToken, Actor, Claims } from './access-tokens.js';
import { rolesOf } from './rules.js';

/** What a client keeps of a session. */
export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}

/** What an access token is issued for. */
export interface Access {
  readonly id: string;
  /** As it was under the transaction's locks: authority that changes later meets an epoch that is already stale. */
  readonly account: Account;
  /** Counts for the access token: whatever ends the session later is remembered for longer than that lives. */
  readonly at: Date;
  /** Who really acts, when it is not the owner of the account. */
  readonly actor?: Actor;
}

/** A session as it was made or used in a transaction that has committed. */
export interface OpenSession extends Access {
  readonly refreshToken: string;
}

interface Dependencies {
  readonly db: Db;
  readonly issueAccessToken: (claims: Claims) => Promise<AccessToken>;
}

export type IssueAccess = ReturnType<typeof createIssueAccess>;
export type IssueTokens = ReturnType<typeof createTokens>;

/** Access tokens with what the person is at that moment. */
export const createIssueAccess =
  ({ db, issueAccessToken }: Dependencies) =>
  async ({ id, account, at, actor }: Access): Promise<AccessToken> => {
    const offices = await db.office.findMany({ where: { holderId: account.id, ...heldAt(at) } });
    return issueAccessToken({
      accountId: account.id,
      sessionId: id,
      issuedAt: at,
      email: account.email,
      epoch: account.sessionEpoch,
      roles: rolesOf(account, offices),
      entitlements: account.entitlements,
      offices,
      ...(actor && { actor }),
    });
  };

export function createTokens(dependencies: Dependencies) {
  const issueAccess = createIssueAccess(dependencies);
  return async ({ refreshToken, ...access }: OpenSession): Promise<Tokens> => {
    const { token, expiresAt } = await issueAccess(access);
    return { accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken };
  };
}
