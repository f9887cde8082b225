import { AppError, type Audit, type Clock, type Origin, type Viewer } from '@diaspora/kit';
import { lockAccount, type Notices, type ProvePassword } from '../accounts/index.js';
import type { Identity } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { identityIds } from '../ids.js';
import type { Ends } from '../sessions/index.js';
import type { Claims } from './claims.js';
import type { IdentityProviders } from './providers.js';
import { assertOtherWayIn, isFresh, mostIdentities } from './rules.js';

export interface IdentityDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly notices: Notices;
  readonly ends: Pick<Ends, 'endAll'>;
  readonly epochs: Epochs;
  readonly provePassword: ProvePassword;
  readonly providers: Pick<IdentityProviders, 'nameOf'>;
}

/** Which identities open which account. They change under the row lock of the account, as its password does. */
export function createIdentities(dependencies: IdentityDependencies) {
  const { db, clock, audit, notices, ends, epochs, provePassword, providers } = dependencies;

  const find = ({ issuer, subject }: Pick<Claims, 'issuer' | 'subject'>) =>
    db.identity.findUnique({ where: { issuer_subject: { issuer, subject } }, include: { account: true } });

  /** For a sign-in that goes by it: throws when it was unlinked meanwhile. */
  async function use(tx: Transaction, { id, accountId }: Identity, { email }: Claims): Promise<void> {
    const data = { lastUsedAt: clock.now(), email };
    const { count } = await tx.identity.updateMany({ where: { id, accountId }, data });
    if (count === 0) throw new AppError('FEDERATION_REFUSED', 'This way to sign in was unlinked.');
  }

  /** With the account's row locked. What is linked already stays as it is; what is linked elsewhere is refused. */
  async function link(
    tx: Transaction,
    accountId: string,
    { provider, issuer, subject, email }: Claims,
    { origin, isUsed }: { origin: Origin; isUsed: boolean },
  ): Promise<Identity> {
    const now = clock.now();
    if ((await tx.identity.count({ where: { accountId } })) >= mostIdentities)
      throw new AppError('CONFLICT', `An account has ${mostIdentities} links at most.`);
    const row = { id: identityIds.create(), accountId, provider, issuer, subject, email, linkedAt: now };
    const [linked] = await tx.identity.createManyAndReturn({
      data: [{ ...row, lastUsedAt: isUsed ? now : null }],
      skipDuplicates: true,
    });
    if (!linked) return linkedBefore(tx, accountId, { issuer, subject });
    await note(tx, 'identity.linked', linked, origin);
    return linked;
  }

  async function linkedBefore(
    tx: Transaction,
    accountId: string,
    issuer_subject: { issuer: string; subject: string },
  ): Promise<Identity> {
    const identity = await tx.identity.findUnique({ where: { issuer_subject } });
    if (identity?.accountId !== accountId)
      throw new AppError('IDENTITY_TAKEN', 'This identity opens another account.');
    return identity;
  }

  async function note(
    tx: Transaction,
    action: 'identity.linked' | 'identity.unlinked',
    { id, accountId, provider }: Identity,
    { userAgent }: Origin,
  ): Promise<void> {
    await audit.record(tx, {
      action,
      subject: { type: 'LinkedIdentity', id: identityIds.encode(id) },
      personId: accountId,
      actorId: accountId,
      after: { provider },
    });
    const kind = action === 'identity.linked' ? 'identityLinked' : 'identityUnlinked';
    await notices.tell(tx, accountId, { kind, userAgent, provider: providers.nameOf(provider) });
  }

  /** By the password or, where there is none, by a sign-in of late: a session that was left open is not enough. */
  async function proveOwner(
    viewer: Viewer,
    password: string | null | undefined,
    origin: Origin,
  ): Promise<void> {
    const account = await db.account.findUniqueOrThrow({ where: { id: viewer.id } });
    if (account.passwordHash !== null) {
      await provePassword(viewer, password ?? '', origin);
      return;
    }
    const session = await db.session.findUnique({ where: { id: viewer.sessionId } });
    if (!session || !isFresh(session.authenticatedAt, clock.now()))
      throw new AppError('SIGN_IN_AGAIN', 'Sign in again first: this takes a sign-in of the last minutes.');
  }

  /** What nobody knows who linked it: all, before the address was proved; or what came after somebody else got in. */
  async function drop(tx: Transaction, accountId: string, since = new Date(0)): Promise<void> {
    await tx.identity.deleteMany({ where: { accountId, linkedAt: { gte: since } } });
  }

  /** Other sessions that a site opened end with it: whoever is unlinked may be somebody else. */
  async function unlink(
    viewer: Viewer,
    { identityId, password }: { identityId: string; password?: string | null | undefined },
    origin: Origin,
  ): Promise<void> {
    await proveOwner(viewer, password, origin);
    const epoch = await db.$transaction(async (tx) => {
      const account = await lockAccount(tx, viewer.id);
      const identities = await tx.identity.findMany({ where: { accountId: viewer.id } });
      const identity = identities.find(({ id }) => id === identityId);
      if (!account || !identity)
        throw new AppError('NOT_FOUND', 'There is no such link.', { path: ['identityId'] });
      assertOtherWayIn(account, identities.length);
      await tx.identity.delete({ where: { id: identityId } });
      await note(tx, 'identity.unlinked', identity, origin);
      const others = { method: 'federated', except: viewer.sessionId } as const;
      await ends.endAll(tx, viewer.id, { reason: 'IDENTITY_UNLINKED', ...others });
      return epochs.raise(tx, viewer.id);
    });
    await epochs.announce(viewer.id, epoch);
  }

  return {
    find,
    use,
    link,
    proveOwner,
    unlink,
    drop,
    list: (accountId: string): Promise<Identity[]> =>
      db.identity.findMany({ where: { accountId }, orderBy: { linkedAt: 'asc' }, take: mostIdentities }),
  };
}
