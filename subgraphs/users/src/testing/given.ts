import {
  connectRedis,
  createCache,
  createPool,
  createRevocations,
  type Mail,
  type Viewer,
} from '@diaspora/kit';
import {
  aViewer,
  createMemoryPrivateStore,
  createTestDatabase,
  patience,
  patientOptions,
  silentLog,
  testClock,
  testSubgraph,
} from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { hash } from 'bcrypt';
import { PrismaClient, type Db } from '../database.js';
import { createIdentityProviders, type ProviderSettings } from '../federation-login/index.js';
import { userIds } from '../ids.js';
import type { UsersDependencies } from '../dependencies.js';
import { createUsersSubgraph } from '../subgraph.js';
import type { TextMessage } from '../texting/index.js';
import { customerBuilders } from './customers.js';
import { organizationBuilders } from './organizations.js';

export const password = 'correct horse battery';
export const viewerSecret = 'a-viewer-secret-for-tests-only-0123456789';
/** Where providers may send people back to. */
export const redirectUri = 'https://app.diaspora.example/signed-in';

/** The subgraph on a database of its own, with a mailer that keeps what it is given unless `smtp.isAway`, and a telephone. */
export async function givenUsers(
  overrides: {
    superUserEmails?: string[];
    databaseUrl?: string;
    ambassadorsPerCountry?: number;
    consulsPerCity?: number;
    providers?: ProviderSettings[];
    bcryptCost?: number;
  } = {},
) {
  const database = await createTestDatabase('users');
  let statements = 0;
  const pool = createPool({
    url: overrides.databaseUrl ?? database.url,
    waitMs: patience,
    onStatement: () => statements++,
  });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const clock = testClock(new Date());
  const mails: Mail[] = [];
  const texts: TextMessage[] = [];
  const smtp = { isAway: false };
  const telephone: { fault: Error | undefined } = { fault: undefined };
  const redis = connectRedis({ url: process.env['TEST_REDIS_URL']!, log: silentLog, name: 'users-test' });
  const revocations = createRevocations({ redis, namespace: database.url, clock });
  const cache = createCache({ redis, namespace: database.url, log: silentLog });
  const privateStore = createMemoryPrivateStore();
  const endsTold: { sessionId: string; ttlSeconds: number }[] = [];
  const dependencies: UsersDependencies = {
    db,
    clock,
    mailer: {
      send: async (mail) => {
        if (smtp.isAway) throw new Error('SMTP is away');
        mails.push(mail);
      },
    },
    cache,
    identityProviders: createIdentityProviders({ providers: overrides.providers ?? [], log: silentLog }),
    texting: {
      send: async (message) => {
        if (telephone.fault) throw telephone.fault;
        texts.push(message);
      },
    },
    privateStore,
    revocations: {
      ...revocations,
      revokeSession: (sessionId, ttlSeconds) => {
        endsTold.push({ sessionId, ttlSeconds });
        return revocations.revokeSession(sessionId, ttlSeconds);
      },
    },
    config: {
      ACCESS_TOKEN_SECONDS: 900,
      ADDRESS_ATTEMPTS: 25,
      ADDRESS_REQUESTS: 15,
      AMBASSADORS_PER_COUNTRY: overrides.ambassadorsPerCountry ?? 1,
      BCRYPT_COST: overrides.bcryptCost ?? 4,
      DATA_EXPORT_DAYS: 7,
      ERASURE_DAYS: 30,
      CONSULS_PER_CITY: overrides.consulsPerCity ?? 1,
      JWT_AUDIENCE: 'diaspora-api',
      JWT_ISSUER: 'diaspora',
      OIDC_REDIRECT_URIS: [redirectUri],
      REFRESH_REPLAY_SECONDS: 30,
      SESSION_SECONDS: 30 * 86_400,
      SIGNING_KEY_SECONDS: 30 * 86_400,
      SUPER_USER_EMAILS: overrides.superUserEmails ?? [],
      TOKEN_SECRET: 'a-token-secret-for-tests-only-0123456789',
      VIEWER_SECRET: viewerSecret,
    },
  };
  const subgraph = createUsersSubgraph(dependencies);
  const client = testSubgraph(subgraph);
  return {
    db,
    pool,
    database,
    clock,
    ownerUrl: database.ownerUrl,
    config: dependencies.config,
    mails,
    texts,
    smtp,
    telephone,
    endsTold,
    revocations,
    privateStore,
    subgraph,
    client,
    statements: () => statements,
    given: {
      ...builders(db, clock, dependencies.config.BCRYPT_COST),
      ...organizationBuilders(db, clock),
      ...customerBuilders(db, clock),
    },
    cache,
    redis,
    databaseUrl: database.url,
    /** Types and data of the messages of one key, in the order they were written; the audit trail is none of them. */
    messages: async (key: string) => {
      const rows = await db.$queryRaw<{ type: string; envelope: { data: Record<string, unknown> } }[]>`
        SELECT type, envelope FROM kit.outbox
        WHERE key = ${key} AND type <> 'audit.recorded' ORDER BY position`;
      return rows.map(({ type, envelope }) => ({ type, data: envelope.data }));
    },
    /** Runs a job as the worker would. */
    run: (job: { name: string }, payload: object) =>
      subgraph.jobs![job.name]!.run(payload as never, { log: silentLog } as never),
    ...deliveries(subgraph, db, clock),
    /** A second instance of the service on the same database. */
    startAnother: () => {
      const otherPool = createPool({ url: overrides.databaseUrl ?? database.url });
      const otherDb = new PrismaClient({ adapter: new PrismaPg(otherPool), ...patientOptions });
      const other = testSubgraph(createUsersSubgraph({ ...dependencies, db: otherDb }));
      const stop = async () => {
        await other.stop();
        await otherDb.$disconnect();
        await otherPool.end();
      };
      return { as: other.as, anonymous: other.anonymous, db: otherDb, stop };
    },
    /** Runs the jobs of this kind that wait, as the worker would. */
    runAdded: async (job: { name: string }) => {
      const waiting = await db.$queryRaw<{ id: string; payload: object }[]>`
        SELECT j.id::text AS id, j.payload FROM graphile_worker._private_jobs j
        JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = ${job.name} ORDER BY j.id`;
      for (const { id, payload } of waiting) {
        const context = {
          id,
          attempt: 1,
          maxAttempts: 25,
          signal: new AbortController().signal,
          log: silentLog,
        };
        await subgraph.jobs![job.name]!.run(payload as never, { ...context, scheduledFor: undefined });
      }
      await db.$queryRaw`SELECT graphile_worker.complete_jobs(${waiting.map(({ id }) => id)}::bigint[])`;
    },
    /** What the audit trail is told about a person, oldest first. */
    audited: async (personId: string) => {
      const lines = await db.$queryRaw<{ action: string }[]>`
        SELECT envelope #>> '{data,action}' AS action FROM kit.outbox
        WHERE type = 'audit.recorded' AND envelope #>> '{data,personId}' = ${personId} ORDER BY position`;
      return lines.map(({ action }) => action);
    },
    as: client.as,
    anonymous: client.anonymous,
    stop: async () => {
      await client.stop();
      await redis.stop();
      await db.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

/** Messages as the consumer would hand them over, each in a transaction of its own. */
function deliveries(subgraph: ReturnType<typeof createUsersSubgraph>, db: Db, clock: { now(): Date }) {
  async function receive(
    source: string,
    type: string,
    data: object,
    message: { id?: string; time?: Date } = {},
  ) {
    const handler = subgraph.handlers?.find((each) => each.source === source && each.type === type);
    if (!handler) throw new Error(`nobody listens to ${type} of ${source}`);
    const envelope = {
      id: userIds.create(),
      time: clock.now(),
      key: 'k',
      requestId: undefined,
      traceparent: undefined,
    };
    const given = { ...envelope, ...message, source, type, data: handler.schema.parse(data) };
    await db.$transaction((tx) => handler.handle(given, tx as never));
  }
  let position = 0n;
  /** Hands over what this subgraph has written to the audit trail since the last time. */
  async function keepAudit() {
    const rows = await db.$queryRaw<
      { position: bigint; envelope: { id: string; time: string; data: object } }[]
    >`
      SELECT position, envelope FROM kit.outbox
      WHERE type = 'audit.recorded' AND position > ${position} ORDER BY position`;
    for (const {
      envelope: { id, time, data },
      ...row
    } of rows) {
      await receive('users', 'audit.recorded', data, { id, time: new Date(time) });
      position = row.position;
    }
  }
  return { receive, keepAudit };
}

function builders(db: Db, clock: { now(): Date }, bcryptCost: number) {
  let count = 0;
  async function person(
    overrides: Partial<{
      email: string;
      displayName: string;
      isVerified: boolean;
      isSuperUser: boolean;
    }> = {},
  ) {
    const id = userIds.create();
    const email = overrides.email ?? `person-${++count}@example.org`;
    const now = clock.now();
    await db.account.create({
      data: {
        id,
        email,
        emailKey: email,
        createdAt: now,
        passwordHash: await hash(password, bcryptCost),
        emailVerifiedAt: overrides.isVerified === false ? null : now,
        isSuperUser: overrides.isSuperUser ?? false,
        profile: {
          create: {
            displayName: overrides.displayName ?? `Person ${count}`,
            countryOfOrigin: 'RO',
            countryOfResidence: 'DE',
            city: 'Berlin',
            languages: ['ro', 'de'],
            updatedAt: now,
          },
        },
      },
    });
    const roles = overrides.isSuperUser ? ['SUPER_USER', 'REGULAR'] : ['REGULAR'];
    return { id, publicId: userIds.encode(id), email, viewer: aViewer({ id, roles }) };
  }
  return { person };
}

/** Where `count` callers wait for each other, so that what they do next overlaps. */
export function barrier(count: number): () => Promise<void> {
  let missing = count;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return opened;
  };
}

/** The same person with a role, as the router would say after the next refresh. */
export const withRole = (
  viewer: Viewer,
  role: string,
  office?: { countryCode: string; city?: string },
): Viewer => ({
  ...viewer,
  roles: [role, ...viewer.roles],
  offices: office ? [{ role, ...office }] : [],
});
