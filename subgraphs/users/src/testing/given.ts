import { connectRedis, createPool, createRevocations, type Viewer } from '@diaspora/kit';
import { aViewer, createTestDatabase, silentLog, testClock, testSubgraph } from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { hash } from 'bcrypt';
import { connectDatabase, type Db } from '../database.js';
import { userIds } from '../ids.js';
import type { Mail } from '../mailer.js';
import { createUsersSubgraph } from '../subgraph.js';

const bcryptCost = 4;
export const password = 'correct horse battery';

/** The subgraph on a database of its own, with a mailer that keeps what it is given unless `smtp.isAway`. */
export async function givenUsers(overrides: { superUserEmails?: string[]; databaseUrl?: string } = {}) {
  const database = await createTestDatabase('users');
  let statements = 0;
  const pool = createPool({ url: overrides.databaseUrl ?? database.url, onStatement: () => statements++ });
  const db = connectDatabase(new PrismaPg(pool));
  const clock = testClock(new Date());
  const mails: Mail[] = [];
  const smtp = { isAway: false };
  const redis = connectRedis({ url: process.env['TEST_REDIS_URL']!, log: silentLog, name: 'users-test' });
  const revocations = createRevocations({ redis, namespace: database.url, clock });
  const endsTold: { sessionId: string; ttlSeconds: number }[] = [];
  const subgraph = createUsersSubgraph({
    db,
    clock,
    mailer: {
      send: async (mail) => {
        if (smtp.isAway) throw new Error('SMTP is away');
        mails.push(mail);
      },
    },
    revocations: {
      ...revocations,
      revokeSession: (sessionId, ttlSeconds) => {
        endsTold.push({ sessionId, ttlSeconds });
        return revocations.revokeSession(sessionId, ttlSeconds);
      },
    },
    config: {
      ACCESS_TOKEN_SECONDS: 900,
      BCRYPT_COST: bcryptCost,
      JWT_AUDIENCE: 'diaspora-api',
      JWT_ISSUER: 'diaspora',
      SESSION_SECONDS: 30 * 86_400,
      SUPER_USER_EMAILS: overrides.superUserEmails ?? [],
      TOKEN_SECRET: 'a-token-secret-for-tests-only-0123456789',
    },
  });
  const client = testSubgraph(subgraph);
  return {
    db,
    clock,
    mails,
    smtp,
    endsTold,
    revocations,
    subgraph,
    client,
    statements: () => statements,
    given: builders(db, clock),
    /** Runs a job as the worker would. */
    run: (job: { name: string }, payload: object) =>
      subgraph.jobs![job.name]!.run(payload as never, {} as never),
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

function builders(db: Db, clock: { now(): Date }) {
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
