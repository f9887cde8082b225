import {
  createPool,
  serveSubgraph,
  createHealth,
  type JobTask,
  type Mail,
  type Mailer,
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
  type TestClient,
  type TestDatabase,
} from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { PrismaClient, type Db, type Transaction } from '../database.js';
import { subscriptionIds, userIds } from '../ids.js';
import type { MovementListener } from '../charges/index.js';
import type { AfterStep } from '../steps.js';
import type { PaymentProvider, ProviderSettings } from '../providers/index.js';
import { createPaymentsSubgraph } from '../subgraph.js';

export const webhookSecret = 'a-webhook-secret-for-tests-only-0123456789';

export const cards = {
  succeeds: '4242424242424242',
  declined: '4000000000000002',
  declinedLater: '4000000000000341',
  delayed: '4000000000000077',
  unanswered: '4000002760003184',
  disputed: '4000000000000259',
  disputedInVain: '4000000000002685',
  refundFails: '4000000000005126',
  reportedBadly: '4999000000000013',
  slow: '4999000000000021',
};

/** The subgraph on a database of its own, served on a free port so that the sandbox can call its webhook. */
export async function givenPayments(
  options: {
    start?: Date;
    hasSandbox?: boolean;
    mailer?: Mailer;
    wrapProvider?: (provider: PaymentProvider) => PaymentProvider;
    listeners?: readonly MovementListener[];
    afterStep?: AfterStep;
    /** One that is there already, and stays. */
    database?: TestDatabase;
    settings?: ProviderSettings;
  } = {},
) {
  const database = options.database ?? (await createTestDatabase('payments'));
  const sent: string[] = [];
  const pool = createPool({ url: database.url, waitMs: patience, onStatement: (sql) => sent.push(sql) });
  const admin = createPool({ url: database.adminUrl, max: 1 });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const clock = testClock(options.start);
  const { hasSandbox = true } = options;
  const config = {
    SANDBOX_WEBHOOK_SECRET: hasSandbox ? webhookSecret : undefined,
    SANDBOX_WEBHOOK_URL: '',
    ...options.settings,
  };
  const privateStore = createMemoryPrivateStore();
  const mails: Mail[] = [];
  const mailer = { send: async (mail: Mail) => void mails.push(mail) };
  const registry = new Registry();
  // Twice: the port is known only when the first one listens.
  const dependencies = {
    db,
    clock,
    config,
    log: silentLog,
    privateStore,
    mailer: options.mailer ?? mailer,
    ...(options.listeners && { listeners: options.listeners }),
    ...(options.afterStep && { afterStep: options.afterStep }),
    ...(options.wrapProvider && { wrapProvider: options.wrapProvider }),
  };
  const create = (more: { registry?: Registry } = {}) => createPaymentsSubgraph({ ...dependencies, ...more });
  const server = await serveSubgraph(create(), {
    port: 0,
    host: '127.0.0.1',
    log: silentLog,
    registry: new Registry(),
    health: createHealth({}),
    viewerSecret: 'a-viewer-secret-for-tests-only-0123456789',
  });
  const webhookUrl = `${server.url}/webhooks/sandbox`;
  config.SANDBOX_WEBHOOK_URL = webhookUrl;
  const subgraph = create({ registry });
  const client = testSubgraph(subgraph);
  const jobs = jobQueue(admin, subgraph.jobs ?? {});
  return {
    db,
    clock,
    subgraph,
    privateStore,
    mails,
    client,
    jobs,
    database,
    registry,
    webhookUrl,
    /** The statements that were sent so far. */
    sent,
    statements: () => sent.length,
    as: client.as,
    anonymous: client.anonymous,
    /** Another process of the service, as far as the database can tell. */
    anotherInstance: () =>
      anotherInstance(database.url, (its) => createPaymentsSubgraph({ ...dependencies, db: its })),
    given: builders(client.as, jobs),
    /** About the person; those of credits apart. */
    messages: (viewer: Viewer) => messagesAbout(db, viewer, false),
    creditMessages: (viewer: Viewer) => messagesAbout(db, viewer, true),
    /** Makes the inbox fail until the returned function is called. */
    breakInbox: async () => {
      await admin.query('ALTER TABLE provider_events RENAME TO provider_events_away');
      return () => admin.query('ALTER TABLE provider_events_away RENAME TO provider_events');
    },
    /** The jobs of the service in a transaction of the test, which can take back what they do. */
    jobsWithin: (tx: Transaction) =>
      jobQueue(admin, createPaymentsSubgraph({ ...dependencies, db: tx as Db }).jobs ?? {}),
    undone: <Answer>(run: (tx: Transaction) => Promise<Answer>) => undone(db, run),
    withoutGuard: (index: string, run: () => Promise<void>) => withoutGuard(database.ownerUrl, index, run),
    state: (viewer: Viewer) => stateOf(client.as(viewer)),
    stop: async () => {
      await server.close();
      await client.stop();
      await db.$disconnect();
      await Promise.all([pool.end(), admin.end()]);
      if (!options.database) await database.drop();
    },
  };
}

function anotherInstance(url: string, create: (db: Db) => ReturnType<typeof createPaymentsSubgraph>) {
  const pool = createPool({ url, waitMs: patience });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const subgraph = create(db);
  const client = testSubgraph(subgraph);
  return {
    subgraph,
    as: client.as,
    stop: async () => {
      await client.stop();
      await db.$disconnect();
      await pool.end();
    },
  };
}

export interface QueuedJob {
  readonly task: string;
  readonly payload: never;
}

/** The job queue worked by hand: takes what is due or not, in order, so that a test decides what happens when. */
function jobQueue(admin: Pool, tasks: Readonly<Record<string, JobTask>>) {
  async function take(only?: string): Promise<QueuedJob[]> {
    const { rows } = await admin.query<QueuedJob & { id: string }>(
      `DELETE FROM graphile_worker._private_jobs job USING graphile_worker._private_tasks task
       WHERE task.id = job.task_id
         AND ($1::text = task.identifier OR ($1::text IS NULL AND task.identifier <> 'deliverInvoice'))
       RETURNING job.id, task.identifier AS task, job.payload`,
      [only ?? null],
    );
    return rows.sort((left, right) => Number(left.id) - Number(right.id));
  }
  const run = async ({ task, payload }: QueuedJob) => {
    const { schema, run: work } = tasks[task]!;
    await work(
      schema.parse(payload) as never,
      { log: silentLog, attempt: 1, maxAttempts: 25, signal: new AbortController().signal } as never,
    );
  };
  /**
   * Runs jobs, and those that they add, until none is left; `only` leaves the other kinds where they are. Documents of
   * invoices are written only by who asks for that: each takes a moment.
   */
  async function drain(only?: string): Promise<void> {
    for (let jobs = await take(only); jobs.length > 0; jobs = await take(only)) {
      for (const job of jobs) await run(job);
    }
  }
  const runTask = (task: string, payload: object = {}) => run({ task, payload: payload as never });
  return { take, run, drain, runTask };
}

export const subscribe = `mutation ($input: SubscribeInput!) {
  subscribe(input: $input) {
    subscription { id status plan { code } user { id } }
    userErrors { __typename code path ... on AlreadySubscribedError { subscription { id } } }
  }
}`;

export const viewerSubscription = `{
  viewerSubscription {
    id status currentPeriodStartsAt currentPeriodEndsAt cancelsAtPeriodEnd paymentFailure endedAt plan { code } user { id }
  }
}`;

export const cancelSubscription = `mutation ($input: CancelSubscriptionInput!) {
  cancelSubscription(input: $input) {
    subscription { id status cancelsAtPeriodEnd endedAt } userErrors { code path }
  }
}`;

let keys = 0;

export const purchase = (card = cards.succeeds, overrides: object = {}) => ({
  input: {
    idempotencyKey: `key-${++keys}`,
    planCode: 'PREMIUM_MONTHLY',
    paymentMethod: { sandboxCard: { number: card } },
    ...overrides,
  },
});

function builders(as: ReturnType<typeof testSubgraph>['as'], jobs: ReturnType<typeof jobQueue>) {
  const person = () => {
    const viewer = aViewer();
    return { viewer, publicId: userIds.encode(viewer.id) };
  };
  /** A person who subscribed, with everything that follows done. */
  async function subscriber(card = cards.succeeds, overrides: object = {}) {
    const someone = person();
    const answer = await as(someone.viewer).execute(subscribe, purchase(card, overrides));
    const { id: subscriptionId } = (answer.data as { subscribe: { subscription: { id: string } } }).subscribe
      .subscription;
    await jobs.drain();
    return { ...someone, subscriptionId, key: subscriptionIds.decode(subscriptionId) };
  }
  return { person, subscriber };
}

/** Runs something in a transaction of its own, for as long as it takes, and takes it back. */
async function undone<Answer>(db: Db, run: (tx: Transaction) => Promise<Answer>): Promise<Answer> {
  let answer: { readonly is: Answer } | undefined;
  const takeBack = new Error('What was done is taken back.');
  const done = db.$transaction(
    async (tx) => {
      answer = { is: await run(tx) };
      throw takeBack;
    },
    { timeout: 600_000 },
  );
  await done.catch((error: unknown) => {
    if (error !== takeBack) throw error;
  });
  return answer!.is;
}

/** Runs something with an index taken away, to show what it keeps from happening. */
async function withoutGuard(
  ownerUrl: string,
  index: string,
  run: () => Promise<void>,
): Promise<{ definition: string }> {
  const owner = createPool({ url: ownerUrl, max: 1 });
  try {
    const found = await owner.query<{ definition: string }>(
      'SELECT pg_get_indexdef($1::regclass) AS definition',
      [index],
    );
    const definition: string = found.rows[0]!.definition;
    await owner.query(`DROP INDEX ${index}`);
    await run();
    await owner.query(definition);
    return { definition };
  } finally {
    await owner.end();
  }
}

/** The viewer's subscription as the viewer sees it. */
async function stateOf(client: TestClient): Promise<Record<string, unknown>> {
  const answer = await client.execute(viewerSubscription);
  return (answer.data as { viewerSubscription: Record<string, unknown> }).viewerSubscription;
}

export interface Published {
  readonly type: string;
  readonly data: unknown;
}

async function messagesAbout(db: Db, viewer: Viewer, isOfCredits: boolean): Promise<Published[]> {
  const rows = await db.$queryRaw<{ envelope: Published }[]>`
    SELECT envelope FROM kit.outbox
    WHERE key = ${userIds.encode(viewer.id)} AND (type LIKE 'credits.%') = ${isOfCredits} ORDER BY position`;
  return rows.map(({ envelope }) => ({ type: envelope.type, data: envelope.data }));
}
