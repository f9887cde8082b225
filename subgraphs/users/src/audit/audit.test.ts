import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, type AuditRecord, type Viewer } from '@diaspora/kit';
import { recordStatements } from '@diaspora/kit/testing';
import { officeIds, userIds } from '../ids.js';
import { givenUsers, withRole } from '../testing/given.js';

const fields = `source action actor { kind person { id } onBehalfOf { id } } subject { type id } person { id }
  occurredAt requestId change { before after reason } origin { address userAgent }`;
const auditEntries = `query ($filter: AuditFilter, $first: Int = 50, $after: String) {
  auditEntries(filter: $filter, first: $first, after: $after) {
    nodes { id ${fields} } pageInfo { hasNextPage endCursor } } }`;

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;
let users: Users;
let superUser: Person;
let statements: ReturnType<typeof recordStatements>;
beforeAll(async () => {
  users = await givenUsers();
  // The eleventh of a month: no month turns in the middle of a test, and 31 days later is always the next one.
  const now = users.clock.now();
  users.clock.advance(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 11) - now.getTime());
  statements = recordStatements(users.pool);
  superUser = await users.given.person({ isSuperUser: true });
});
afterAll(() => users.stop());

/** What other subgraphs tell, one second after the other. */
async function recorded(source: string, overrides: Partial<AuditRecord>): Promise<void> {
  users.clock.advance(1_000);
  await users.receive(source, 'audit.recorded', {
    action: 'thing.done',
    actor: { kind: 'SYSTEM', id: null },
    onBehalfOfId: null,
    subject: { type: 'Thing', id: 'thg_1' },
    personId: null,
    before: null,
    after: null,
    reason: null,
    requestId: null,
    address: null,
    userAgent: null,
    ...overrides,
  });
}

const read = (filter: object = {}, page: object = {}, viewer: Viewer = superUser.viewer) =>
  users.as(viewer).execute(auditEntries, { filter, ...page });
const actionsOf = async (filter: object) =>
  (await read(filter)).data.auditEntries.nodes.map(({ action }: { action: string }) => action);

describe('reading the audit trail', () => {
  it('shows a super user who did what to whom, what it changed and where it came from', async () => {
    const [actor, person, helper] = await Promise.all([1, 2, 3].map(() => users.given.person()));
    await recorded('events', {
      action: 'event.cancelled',
      actor: { kind: 'PERSON', id: actor!.id },
      onBehalfOfId: helper!.id,
      subject: { type: 'Event', id: 'evt_1' },
      personId: person!.id,
      before: { status: 'PUBLISHED' },
      after: { status: 'CANCELLED' },
      reason: 'Storm',
      requestId: 'request-7',
      address: '203.0.113.7',
      userAgent: 'Diaspora/1.0',
    });
    const { data } = await read({ subjectId: 'evt_1' });
    expect(data.auditEntries.nodes).toEqual([
      {
        id: expect.stringMatching(/^aud_/),
        source: 'events',
        action: 'event.cancelled',
        actor: { kind: 'PERSON', person: { id: actor!.publicId }, onBehalfOf: { id: helper!.publicId } },
        subject: { type: 'Event', id: 'evt_1' },
        person: { id: person!.publicId },
        occurredAt: users.clock.now().toISOString(),
        requestId: 'request-7',
        change: { before: { status: 'PUBLISHED' }, after: { status: 'CANCELLED' }, reason: 'Storm' },
        origin: { address: '203.0.113.7', userAgent: 'Diaspora/1.0' },
      },
    ]);
  });

  it('keeps what this subgraph does itself, with the request it was done under', async () => {
    const holder = await users.given.person();
    const input = { idempotencyKey: 'k', userId: holder.publicId, countryCode: 'FR' };
    await users
      .as(superUser.viewer)
      .execute(
        `mutation ($input: AppointAmbassadorInput!) { appointAmbassador(input: $input) { office { id } } }`,
        { input },
      );
    await users.keepAudit();
    const { data } = await read({ personId: holder.publicId });
    expect(data.auditEntries.nodes).toMatchObject([
      { source: 'users', action: 'office.appointed', actor: { person: { id: superUser.publicId } } },
    ]);
  });

  it('finds lines by actor, person, subject, action, source, request and time, and by all of them', async () => {
    const [one, other] = [await users.given.person(), await users.given.person()];
    const from = new Date(users.clock.now().getTime() + 500).toISOString();
    const by = (id: string) => ({ kind: 'PERSON' as const, id });
    await recorded('content', { action: 'a.one', actor: by(one.id), personId: other.id });
    await recorded('content', { action: 'a.two', actor: by(other.id), personId: one.id, requestId: 'r-2' });
    const middle = new Date(users.clock.now().getTime() + 500).toISOString();
    await recorded('payments', { action: 'a.three', actor: by(one.id), subject: { type: 'T', id: 't_3' } });
    const table: [object, string[]][] = [
      [{ actorId: one.publicId }, ['a.three', 'a.one']],
      [{ personId: one.publicId }, ['a.two']],
      [{ subjectId: 't_3' }, ['a.three']],
      [{ actions: ['a.one', 'a.two'] }, ['a.two', 'a.one']],
      [{ sources: ['payments'], from }, ['a.three']],
      [{ requestId: 'r-2' }, ['a.two']],
      [{ from, to: middle, sources: ['content'] }, ['a.two', 'a.one']],
      [{ from: middle, actions: ['a.one', 'a.two', 'a.three'] }, ['a.three']],
      [{ actorId: one.publicId, sources: ['content'], from }, ['a.one']],
    ];
    for (const [filter, actions] of table)
      expect([filter, await actionsOf(filter)]).toEqual([filter, actions]);
  });

  it('goes page by page, without repeats or gaps while lines are added', async () => {
    for (let line = 0; line < 7; line++) await recorded('content', { action: 'page.turned' });
    const filter = { actions: ['page.turned'] };
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data }: { data: any } = await read(filter, { first: 2, after });
      seen.push(...data.auditEntries.nodes.map((node: { id: string }) => node.id));
      after = data.auditEntries.pageInfo.hasNextPage ? data.auditEntries.pageInfo.endCursor : null;
      if (seen.length === 2) await recorded('content', { action: 'page.turned' });
    } while (after);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  it('is itself on record: who read what', async () => {
    const reader = await users.given.person({ isSuperUser: true });
    await read({ actions: ['x.y'], subjectId: 'thg_9' }, {}, reader.viewer);
    await users.keepAudit();
    const { data } = await read({ actorId: reader.publicId });
    expect(data.auditEntries.nodes).toMatchObject([
      {
        action: 'audit.read',
        change: { after: { filter: { actions: ['x.y'], subjectId: 'thg_9' }, lines: 0 } },
      },
    ]);
  });

  it.each([
    ['an end before the beginning', { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
    ['a foreign id', { personId: 'evt_01h455vb4pex5vsknk084sn02q' }],
    ['no id', { actorId: '' }],
  ])('refuses %s', async (_name, filter) => {
    expect((await read(filter)).codes).toEqual(['INVALID_INPUT']);
  });
});

describe('who may read it', () => {
  const status = '{ auditChainStatus { source } }';
  const table: [string, string[] | null, string][] = [
    ['a visitor', null, 'UNAUTHENTICATED'],
    ['a member', ['REGULAR'], 'FORBIDDEN'],
    ['a consul', ['CONSUL', 'REGULAR'], 'FORBIDDEN'],
  ];

  it.each(table)('not %s: nothing is shown, and nothing is on record', async (_name, roles, code) => {
    await recorded('content', { action: 'secret.kept' });
    const { viewer } = await users.given.person();
    const client = users.as(roles && { ...viewer, roles });
    const before = await users.db.$queryRaw`SELECT count(*) FROM kit.outbox`;
    for (const query of [auditEntries, status]) {
      const answer = await client.execute(query);
      expect(answer).toMatchObject({ data: null, codes: [code] });
    }
    expect(await users.db.$queryRaw`SELECT count(*) FROM kit.outbox`).toEqual(before);
  });

  it('an ambassador reads what was done to offices of the own country, and not where it came from', async () => {
    const [here, abroad] = [await office('DE'), await office('FR')];
    const { viewer } = await users.given.person();
    const ambassador = withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' });
    const mine = await read({}, {}, ambassador);
    expect(mine.data.auditEntries.nodes).toMatchObject([
      { action: 'office.appointed', subject: { id: here }, origin: null, change: { reason: 'x' } },
    ]);
    expect((await read({ subjectId: abroad }, {}, ambassador)).data.auditEntries.nodes).toEqual([]);
    expect((await users.as(ambassador).execute(status)).codes).toEqual(['FORBIDDEN']);
  });

  /** An office of a country, with a line about it. */
  async function office(countryCode: string): Promise<string> {
    const [holder, id] = [await users.given.person(), officeIds.create()];
    const place = { countryCode, city: 'X', cityKey: 'x' };
    const term = { startsAt: users.clock.now(), holderId: holder.id, appointerId: superUser.id };
    await users.db.office.create({ data: { id, role: 'CONSUL', ...place, ...term } });
    const subject = { type: 'Office', id: officeIds.encode(id) };
    await recorded('users', { action: 'office.appointed', subject, reason: 'x', address: '203.0.113.7' });
    return subject.id;
  }
});

describe('security events', () => {
  const events = `{ me { id securityEvents(first: 10) { nodes { action isOwn reason origin { address } } } } }`;

  it('show people what happened to their account, and of others who acted neither name nor address', async () => {
    const [person, other] = [await users.given.person(), await users.given.person()];
    const own = { actor: { kind: 'PERSON' as const, id: person.id }, personId: person.id };
    await recorded('users', { ...own, action: 'session.opened', address: '203.0.113.1' });
    const byOther = { actor: { kind: 'PERSON' as const, id: other.id }, personId: person.id };
    await recorded('users', { ...byOther, action: 'user.suspended', address: '203.0.113.2', reason: 'Spam' });
    const nobody = { actor: { kind: 'ANONYMOUS' as const, id: null }, personId: person.id };
    await recorded('users', { ...nobody, action: 'session.refused', address: '203.0.113.3' });
    await recorded('content', { ...own, action: 'post.removed' });
    await recorded('users', { ...byOther, personId: other.id, action: 'session.opened' });
    const { data } = await users.as(person.viewer).execute(events);
    expect(data.me.securityEvents.nodes).toEqual([
      { action: 'session.refused', isOwn: false, reason: null, origin: { address: '203.0.113.3' } },
      { action: 'user.suspended', isOwn: false, reason: 'Spam', origin: null },
      { action: 'session.opened', isOwn: true, reason: null, origin: { address: '203.0.113.1' } },
    ]);
  });

  it.each(['a stranger', 'a super user', 'whoever impersonates the person'])(
    'are not for %s',
    async (who) => {
      const [person, stranger] = [await users.given.person(), await users.given.person()];
      await recorded('users', { action: 'session.opened', personId: person.id });
      const viewers: Record<string, Viewer> = {
        'a stranger': stranger.viewer,
        'a super user': superUser.viewer,
        'whoever impersonates the person': { ...person.viewer, impersonatorId: superUser.id },
      };
      const { data, codes } = await users
        .as(viewers[who]!)
        .execute(`query ($id: ID!) { user(id: $id) { id securityEvents(first: 5) { nodes { id } } } }`, {
          id: person.publicId,
        });
      expect(codes).toEqual(who === 'whoever impersonates the person' ? ['FORBIDDEN'] : []);
      expect(data.user.securityEvents).toBeNull();
    },
  );
});

describe('finding lines among many', () => {
  const size = 20_000;
  const [actor, person] = [userIds.create(), userIds.create()];
  let from: string;
  beforeAll(async () => {
    from = new Date(
      Date.UTC(users.clock.now().getUTCFullYear(), users.clock.now().getUTCMonth()),
    ).toISOString();
    for (let ahead = 0; ahead < 3; ahead++) {
      await recorded('events', {});
      users.clock.advance(31 * 86_400_000);
    }
    await users.db.$executeRaw`
      INSERT INTO audit_entries (id, source, sequence, action, actor_kind, actor_id, subject_type, subject_id, person_id,
        request_id, occurred_at, recorded_at, hash)
      SELECT gen_random_uuid(), 'events', 1000 + n, 'action.' || n % 200, 'PERSON',
        CASE WHEN n % 500 = 0 THEN ${actor}::uuid ELSE gen_random_uuid() END, 'Thing', 'thg_' || n % 5000,
        CASE WHEN n % 500 = 0 THEN ${person}::uuid ELSE gen_random_uuid() END, 'r-' || n, at, at, ''
      FROM (SELECT n, ${from}::timestamptz + n * interval '5 minutes' AS at FROM generate_series(1, ${size}::int) n) AS many`;
    const admin = createPool({ url: users.database.adminUrl, max: 1 });
    await admin.query('VACUUM ANALYZE audit_entries');
    await admin.end();
  });

  async function planOf(run: () => Promise<{ codes: readonly string[] }>): Promise<string> {
    const sent = await statements.during(async () => expect((await run()).codes).toEqual([]));
    const [statement, ...others] = sent.filter(({ text }) =>
      /^SELECT.*FROM "public"."audit_entries"/.test(text),
    );
    expect(others).toEqual([]);
    return statements.explain(statement!, '(ANALYZE, BUFFERS OFF)');
  }

  it.each<[string, object, RegExp]>([
    ['everything', {}, /occurred_at_id/],
    ['an actor', { actorId: userIds.encode(actor) }, /actor_id/],
    ['a person', { personId: userIds.encode(person) }, /person_id/],
    ['a subject', { subjectId: 'thg_7' }, /subject_id/],
    ['an action', { actions: ['action.7'] }, /action/],
    ['a request', { requestId: 'r-7' }, /request_id/],
    ['a service', { sources: ['events'] }, /occurred_at_id/],
  ])('is by an index: %s', async (_name, filter, index) => {
    const plan = await planOf(() => read(filter, { first: 20 }));
    expect(plan).toMatch(index);
    expect(plan).not.toContain('Seq Scan on audit_entries');
  });

  it('is by an index for a person’s own events', async () => {
    const { viewer } = await users.given.person();
    const plan = await planOf(() =>
      users.as(viewer).execute('{ me { securityEvents(first: 5) { nodes { id } } } }'),
    );
    expect(plan).toMatch(/person_id/);
    expect(plan).not.toContain('Seq Scan on audit_entries');
  });

  it('looks at the months in question only', async () => {
    const later = new Date(Date.parse(from) + 50 * 86_400_000).toISOString();
    const plan = await planOf(() => read({ from: later }, { first: 20 }));
    expect(plan).not.toContain(`audit_entries_${from.slice(0, 7).replace('-', '_')}`);
  });
});
