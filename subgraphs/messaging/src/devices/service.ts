import { createHash } from 'node:crypto';
import { AppError, parseInput, type Clock, type Sealer, type Viewer } from '@diaspora/kit';
import type { Device } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { deviceIds } from '../ids.js';
import type { Targets } from '../targets.js';
import { identityOf, registrationInput } from './rules.js';

export type Devices = ReturnType<typeof createDevices>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly targets: Targets;
}

/** More than anybody has; who registers another loses the one that was registered longest ago. */
const maxDevices = 20;

export function createDevices({ db, clock, sealer, targets }: Dependencies) {
  const listOf = (personId: string): Promise<Device[]> =>
    db.device.findMany({ where: { personId }, orderBy: [{ registeredAt: 'desc' }, { id: 'desc' }] });

  /** An installation is one device, whatever becomes of its token. Whoever had the token before has it no more. */
  async function register(viewer: Viewer, input: unknown): Promise<Device> {
    const { installationId, platform, name, service, token } = parseInput(registrationInput, input);
    if (service === 'WEB_PUSH') targets.assertAllowed(identityOf(service, token), ['webPush', 'endpoint']);
    const tokenHash = hashOf(service, token);
    const now = clock.now();
    const facts = { platform, service, tokenHash, name: name ?? null, registeredAt: now };
    const changes = { ...facts, sealedToken: sealer.seal(token), sessionId: viewer.sessionId };
    return db.$transaction(async (tx) => {
      await lockToken(tx, tokenHash);
      const other = { NOT: { personId: viewer.id, installationId } };
      await tx.device.deleteMany({ where: { tokenHash, ...other } });
      const key = { personId: viewer.id, installationId };
      const device = await tx.device.upsert({
        where: { personId_installationId: key },
        create: { ...key, ...changes, id: deviceIds.create(), createdAt: now },
        update: changes,
      });
      await dropBeyond(tx, viewer.id);
      return device;
    });
  }

  /** Two who register one token at a time do so one after the other. */
  const lockToken = (tx: Transaction, tokenHash: string) =>
    tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${tokenHash}, 0))`;

  async function dropBeyond(tx: Transaction, personId: string): Promise<void> {
    const beyond = await tx.device.findMany({
      where: { personId },
      orderBy: [{ registeredAt: 'desc' }, { id: 'desc' }],
      skip: maxDevices,
    });
    await tx.device.deleteMany({ where: { id: { in: beyond.map(({ id }) => id) } } });
  }

  async function remove(personId: string, id: string): Promise<void> {
    const { count } = await db.device.deleteMany({ where: { id, personId } });
    if (count === 0) throw new AppError('NOT_FOUND', 'There is no such device.', { path: ['deviceId'] });
  }

  /** Whoever signs out hears nothing there any more. */
  const endSession = async (tx: Transaction, sessionId: string): Promise<void> => {
    await tx.device.deleteMany({ where: { sessionId } });
  };

  const idsOf = (tx: Transaction, personIds: readonly string[]) =>
    tx.device.findMany({ where: { personId: { in: [...personIds] } }, select: { id: true, personId: true } });

  /** Where to push; null when the device is gone. */
  async function targetOf(tx: Transaction, id: string) {
    const device = await tx.device.findUnique({ where: { id } });
    return device && { service: device.service, token: sealer.open(device.sealedToken) };
  }

  /** The push service says that the token leads nowhere: unless another one has taken its place meanwhile. */
  const drop = async (
    tx: Transaction,
    id: string,
    { service, token }: { service: Device['service']; token: string },
  ) => {
    const tokenHash = hashOf(service, token);
    await tx.device.deleteMany({ where: { id, tokenHash } });
  };

  return { listOf, register, remove, endSession, idsOf, targetOf, drop };
}

const hashOf = (service: Device['service'], token: string): string =>
  createHash('sha256').update(identityOf(service, token)).digest('hex');
