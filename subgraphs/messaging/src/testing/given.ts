import { randomUUID } from 'node:crypto';
import { connectRedis, createLive, createPool, type Clock, type Viewer } from '@diaspora/kit';
import {
  aViewer,
  createMemoryPrivateStore,
  createTestDatabase,
  patience,
  patientOptions,
  silentLog,
  testClock,
  testSubgraph,
  type TestClient,
} from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { Registry } from 'prom-client';
import { PrismaClient, type Db } from '../database.js';
import { createExpiring } from '../following/index.js';
import { userIds } from '../ids.js';
import { createMessagingSubgraph, type MessagingDependencies } from '../subgraph.js';
import { usualConfig } from './config.js';

export type Messaging = Awaited<ReturnType<typeof givenMessaging>>;

/** A person who is known here, and their client. */
export interface Member extends TestClient {
  readonly id: string;
  readonly publicId: string;
  readonly viewer: Viewer;
}

/** One service process: a pool, a client and a subgraph of its own on a database it may share. */
function anInstance(
  url: string,
  clock: ReturnType<typeof testClock>,
  namespace: string,
  { config, lookAgainMs }: Pick<MessagingDependencies, 'config' | 'lookAgainMs'>,
) {
  const sent: string[] = [];
  const pool = createPool({
    url,
    waitMs: patience,
    statementTimeout: patience,
    onStatement: (sql) => sent.push(sql),
  });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const redis = connectRedis({
    ...{ url: process.env['TEST_REDIS_URL']!, log: silentLog, name: 'messaging-test' },
    commandTimeoutMs: patience,
  });
  const live = createLive({ redis, namespace });
  const privateStore = createMemoryPrivateStore();
  const subgraph = createMessagingSubgraph({
    db,
    clock,
    live,
    expiring: createExpiring({ redis, namespace }),
    privateStore,
    registry: new Registry(),
    ...{ config, lookAgainMs },
  });
  const client = testSubgraph(subgraph);
  const stop = async () => {
    await client.stop();
    await redis.stop();
    await db.$disconnect();
    await pool.end();
  };
  return { db, pool, redis, live, subgraph, privateStore, client, as: client.as, sent, stop };
}

/** The subgraph on a database of its own; `anotherProcess` starts one more on the same database. */
export async function givenMessaging({
  freeMessagesPerDay = 50,
  config: overrides = {},
  lookAgainMs,
}: {
  freeMessagesPerDay?: number;
  config?: Partial<MessagingDependencies['config']>;
  lookAgainMs?: number;
} = {}) {
  const database = await createTestDatabase('messaging');
  const clock = testClock();
  const namespace = `test-${randomUUID()}`;
  const config = { ...usualConfig, FREE_MESSAGES_PER_DAY: freeMessagesPerDay, ...overrides };
  const start = () => anInstance(database.url, clock, namespace, { config, lookAgainMs });
  const first = start();
  const others: ReturnType<typeof start>[] = [];
  return {
    ...first,
    clock,
    database,
    anotherProcess: () => {
      const other = start();
      others.push(other);
      return other;
    },
    anonymous: first.client.anonymous,
    statements: () => first.sent.length,
    /** Whoever listens from now on hears nothing any more of what the first process has announced so far. */
    announced: async () => void (await first.redis.client.ping()),
    given: builders(first, clock),
    published: publishedTo(first.db),
    stop: async () => {
      await Promise.all([first, ...others].map((instance) => instance.stop()));
      await database.drop();
    },
  };
}

const send = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message { id sequence text sentAt clientMessageId sender { id } conversation { id } }
    userErrors { code message path }
  }
}`;

interface Opened {
  readonly openDirectConversation: { readonly conversation: { readonly id: string } };
}

function builders({ db, as }: ReturnType<typeof anInstance>, clock: Clock) {
  let keys = 0;

  async function member(overrides: { entitlements?: string[] } = {}): Promise<Member> {
    const viewer = aViewer(overrides);
    await db.member.create({ data: { id: viewer.id, registeredAt: clock.now() } });
    return { id: viewer.id, publicId: userIds.encode(viewer.id), viewer, ...as(viewer) };
  }

  async function friends(one: Member, ...others: readonly Member[]): Promise<void> {
    const data = others.map((other) => {
      const [lowId, highId] = [one.id, other.id].sort();
      return { lowId: lowId!, highId: highId!, isActive: true, version: 0 };
    });
    await db.friendship.createMany({ data, skipDuplicates: true });
  }

  /** The public id of a group of friends of its owner. */
  async function group(owner: Member, members: readonly Member[], overrides: object = {}): Promise<string> {
    await friends(owner, ...members);
    const memberIds = members.map(({ publicId }) => publicId);
    const input = { idempotencyKey: `group-${++keys}`, name: 'Choir', memberIds, ...overrides };
    const answer = await owner.execute(
      `mutation ($input: CreateGroupInput!) { createGroup(input: $input) { conversation { id } userErrors { code } } }`,
      { input },
    );
    return answer.data.createGroup.conversation.id as string;
  }

  /** The public id of the conversation of two friends, opened by the first. */
  async function conversation(opener: Member, other: Member): Promise<string> {
    await friends(opener, other);
    const answer = await opener.execute(
      `mutation ($input: OpenDirectConversationInput!) {
        openDirectConversation(input: $input) { conversation { id } userErrors { code } }
      }`,
      { input: { userId: other.publicId } },
    );
    return (answer.data as Opened).openDirectConversation.conversation.id;
  }

  /** Sends as that person and answers what the client would see. */
  const message = (sender: Member, conversationId: string, overrides: object = {}) =>
    sender.execute(send, {
      input: { conversationId, clientMessageId: `client-${++keys}`, text: 'Salut!', ...overrides },
    });

  return { member, friends, group, conversation, message, sendDocument: send };
}

/** Data of what was published under a key, oldest first. */
const publishedTo = (db: Db) => async (key: string, type: string) => {
  const rows = await db.$queryRaw<{ data: Record<string, unknown> }[]>`
    SELECT envelope -> 'data' AS data FROM kit.outbox WHERE key = ${key} AND type = ${type} ORDER BY position`;
  return rows.map((row) => row.data);
};

/** Callers wait until so many of them have come: makes a race happen every time instead of now and then. */
export function barrierFor(callers: number): () => Promise<void> {
  let missing = callers;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (--missing === 0) open();
    return opened;
  };
}
