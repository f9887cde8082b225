import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { officeIds } from '../ids.js';
import { endLapsedOffice } from '../jobs.js';
import { givenUsers, withRole } from '../testing/given.js';

const appointConsul = `mutation ($input: AppointConsulInput!) {
  appointConsul(input: $input) { office { id role countryCode city holder { id } } userErrors { code path } }
}`;
const appointAmbassador = `mutation ($input: AppointAmbassadorInput!) {
  appointAmbassador(input: $input) { office { id } userErrors { code path } }
}`;
const endOffice = `mutation ($input: EndOfficeInput!) { endOffice(input: $input) { office { id endedAt } userErrors { code } } }`;

describe('offices', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let ambassador: { id: string; viewer: Viewer };
  let keys = 0;
  beforeAll(async () => {
    users = await givenUsers();
    const root = await users.given.person({ isSuperUser: true });
    const person = await users.given.person();
    await users.as(root.viewer).execute(appointAmbassador, {
      input: { idempotencyKey: 'k', userId: person.publicId, countryCode: 'DE' },
    });
    ambassador = { id: person.id, viewer: withRole(person.viewer, 'AMBASSADOR', { countryCode: 'DE' }) };
  });
  afterAll(() => users.stop());

  const consul = (userId: string, city: string, overrides: object = {}) => ({
    input: { idempotencyKey: `key-${++keys}`, userId, countryCode: 'DE', city, ...overrides },
  });

  it('lets the ambassador of the country appoint a consul, who is told and whose tokens age', async () => {
    const person = await users.given.person();
    const answer = await users
      .as(ambassador.viewer)
      .execute(appointConsul, consul(person.publicId, 'Berlin'));
    expect(answer.data.appointConsul).toMatchObject({
      office: { role: 'CONSUL', countryCode: 'DE', city: 'Berlin', holder: { id: person.publicId } },
      userErrors: [],
    });
    const [message] = await users.db.$queryRaw<{ envelope: any }[]>`
      SELECT envelope FROM kit.outbox WHERE key = ${person.publicId} AND type = 'office.appointed'`;
    expect(message!.envelope.data).toMatchObject({ userId: person.publicId, role: 'CONSUL', city: 'Berlin' });
    const facts = { sessionId: 's', tokenId: 't', userId: person.id, epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('stale');
    expect(await users.revocations.check({ ...facts, epoch: 1 })).toBe('valid');
  });

  it('answers a repeated call with the same office and another body with CONFLICT', async () => {
    const person = await users.given.person();
    const call = consul(person.publicId, 'Hamburg');
    const first = await users.as(ambassador.viewer).execute(appointConsul, call);
    const second = await users.as(ambassador.viewer).execute(appointConsul, call);
    expect(second.data).toEqual(first.data);
    const other = await users
      .as(ambassador.viewer)
      .execute(appointConsul, { input: { ...call.input, city: 'Bremen' } });
    expect(other.data.appointConsul.userErrors[0].code).toBe('CONFLICT');
  });

  it('has one winner when ten people are appointed to one city at once', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => users.given.person()));
    const spellings = ['Köln', ' KÖLN ', 'koln'];
    const answers = await Promise.all(
      people.map((person, index) =>
        users.as(ambassador.viewer).execute(appointConsul, consul(person.publicId, spellings[index % 3]!)),
      ),
    );
    expect(answers.filter((answer) => answer.data.appointConsul.office)).toHaveLength(1);
    expect(await users.db.office.count({ where: { cityKey: 'koln', endedAt: null } })).toBe(1);
    const raised = await users.db.account.count({
      where: { id: { in: people.map((p) => p.id) }, sessionEpoch: 1 },
    });
    expect(raised).toBe(1);
  });

  it('refuses an ambassador another country, and a claim in the token that the database does not know', async () => {
    const person = await users.given.person();
    const abroad = await users
      .as(ambassador.viewer)
      .execute(appointConsul, consul(person.publicId, 'Paris', { countryCode: 'FR' }));
    expect(abroad.codes).toEqual(['FORBIDDEN']);
    const pretender = await users.given.person();
    const claimed = withRole(pretender.viewer, 'AMBASSADOR', { countryCode: 'DE' });
    expect((await users.as(claimed).execute(appointConsul, consul(person.publicId, 'Trier'))).codes).toEqual([
      'FORBIDDEN',
    ]);
    expect(await users.db.office.count({ where: { holderId: person.id } })).toBe(0);
  });

  it('frees the place when a term has run out or was ended', async () => {
    const [first, second, third] = await Promise.all([
      users.given.person(),
      users.given.person(),
      users.given.person(),
    ]);
    const endsAt = new Date(users.clock.now().getTime() + 1_000).toISOString();
    await users.as(ambassador.viewer).execute(appointConsul, consul(first.publicId, 'Ulm', { endsAt }));
    users.clock.advance(2_000);
    const next = await users.as(ambassador.viewer).execute(appointConsul, consul(second.publicId, 'Ulm'));
    const officeId = next.data.appointConsul.office.id;
    const ended = await users.as(ambassador.viewer).execute(endOffice, { input: { officeId } });
    expect(ended.data.endOffice.office.endedAt).not.toBeNull();
    const last = await users.as(ambassador.viewer).execute(appointConsul, consul(third.publicId, 'Ulm'));
    expect(last.data.appointConsul.userErrors).toEqual([]);
  });

  describe('when a term runs out', () => {
    const toldOf = async (publicId: string) => {
      const rows = await users.db.$queryRaw<{ type: string; envelope: any }[]>`
        SELECT type, envelope FROM kit.outbox WHERE key = ${publicId} ORDER BY position`;
      return rows.map(({ type, envelope }) => [type, envelope.data.endedAt]);
    };
    const appointed = async (city: string) => {
      const person = await users.given.person();
      const endsAt = new Date(users.clock.now().getTime() + 60_000).toISOString();
      const answer = await users
        .as(ambassador.viewer)
        .execute(appointConsul, consul(person.publicId, city, { endsAt }));
      return { person, endsAt, officeId: officeIds.decode(answer.data.appointConsul.office.id) };
    };

    it('ends the office at that moment: the others are told once and the tokens are stale', async () => {
      const { person, endsAt, officeId } = await appointed('Bonn');
      await expect(users.run(endLapsedOffice, { officeId })).rejects.toThrow('The term goes on');
      users.clock.advance(60_000);
      await users.run(endLapsedOffice, { officeId });
      await users.run(endLapsedOffice, { officeId });
      expect(await toldOf(person.publicId)).toEqual([
        ['office.appointed', undefined],
        ['office.ended', endsAt],
      ]);
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account.sessionEpoch).toBe(2);
      const [job] = await users.db.$queryRaw<{ run_at: Date }[]>`
        SELECT run_at FROM graphile_worker.jobs WHERE task_identifier = ${endLapsedOffice.name}
        ORDER BY id DESC LIMIT 1`;
      expect(job!.run_at.toISOString()).toBe(endsAt);
    });

    it('is in nobody’s way before its job came, and is told all the same', async () => {
      const { person, endsAt, officeId } = await appointed('Aachen');
      users.clock.advance(60_000);
      const next = await users.given.person();
      const { data } = await users
        .as(ambassador.viewer)
        .execute(appointConsul, consul(next.publicId, 'Aachen'));
      expect(data.appointConsul.userErrors).toEqual([]);
      await users.run(endLapsedOffice, { officeId, endsAt });
      expect((await toldOf(person.publicId)).at(-1)).toEqual(['office.ended', endsAt]);
    });

    it('lets two people succeed each other in two places at once', async () => {
      for (let round = 0; round < 5; round++) {
        const [one, two] = [await appointed(`One ${round}`), await appointed(`Two ${round}`)];
        users.clock.advance(60_000);
        const answers = await Promise.all([
          users.as(ambassador.viewer).execute(appointConsul, consul(two.person.publicId, `One ${round}`)),
          users.as(ambassador.viewer).execute(appointConsul, consul(one.person.publicId, `Two ${round}`)),
        ]);
        expect(answers.flatMap((answer) => answer.codes)).toEqual([]);
        expect(answers.every((answer) => answer.data.appointConsul.office)).toBe(true);
      }
    });
  });

  it.each([
    ['city', { city: ' ' }],
    ['city', { city: 'Berlin\nParis' }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['endsAt', { endsAt: '2020-01-01T00:00:00.000Z' }],
  ])('names the field at fault: %s', async (field, override) => {
    const person = await users.given.person();
    const answer = await users
      .as(ambassador.viewer)
      .execute(appointConsul, consul(person.publicId, 'Essen', override));
    expect(answer.data.appointConsul.userErrors).toEqual([{ code: 'INVALID_INPUT', path: [field] }]);
  });

  it('lets a holder resign and nobody else below the appointer end an office', async () => {
    const [holder, stranger] = await Promise.all([users.given.person(), users.given.person()]);
    const made = await users.as(ambassador.viewer).execute(appointConsul, consul(holder.publicId, 'Jena'));
    const input = { officeId: made.data.appointConsul.office.id };
    expect((await users.as(stranger.viewer).execute(endOffice, { input })).codes).toEqual(['FORBIDDEN']);
    expect((await users.as(holder.viewer).execute(endOffice, { input })).data.endOffice.userErrors).toEqual(
      [],
    );
  });

  it.each(['\u202e\u200b\ufeff', '\u00b4'])(
    'refuses a city of which nothing is left when it is folded: %j',
    async (city) => {
      const person = await users.given.person();
      const { data } = await users
        .as(ambassador.viewer)
        .execute(appointConsul, consul(person.publicId, city));
      expect(data.appointConsul).toEqual({
        office: null,
        userErrors: [{ code: 'INVALID_INPUT', path: ['city'] }],
      });
    },
  );

  it.each([
    ['a visitor', null, 'UNAUTHENTICATED'],
    ['a member', ['REGULAR'], 'FORBIDDEN'],
    ['a consul', ['CONSUL', 'REGULAR'], 'FORBIDDEN'],
  ])('refuses %s to appoint, without a trace', async (_name, roles, code) => {
    const [person, target] = await Promise.all([users.given.person(), users.given.person()]);
    const before = await users.db.office.count();
    const client = users.as(roles ? { ...person.viewer, roles } : null);
    expect((await client.execute(appointConsul, consul(target.publicId, 'Kiel'))).codes).toEqual([code]);
    expect(await users.db.office.count()).toBe(before);
  });

  it('lists the offices of a country page by page without repeats', async () => {
    const query = `query ($after: String) { offices(countryCode: "DE", first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: any = (await users.anonymous.execute(query, { after })).data.offices;
      seen.push(...page.nodes.map((node: { id: string }) => node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toHaveLength(new Set(seen).size);
    const now = users.clock.now();
    const held = { endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] };
    expect(seen).toHaveLength(await users.db.office.count({ where: { countryCode: 'DE', ...held } }));
  });

  it.each([
    ['no size', ''],
    ['two sizes', ', first: 1, last: 1'],
    ['too many', ', first: 101'],
    ['a negative size', ', first: -1'],
    ['a foreign cursor', ', first: 1, after: "bm9uc2Vuc2U"'],
  ])('refuses a page with %s', async (_name, args) => {
    const answer = await users.anonymous.execute(`{ offices(countryCode: "DE"${args}) { nodes { id } } }`);
    expect(answer.codes).toEqual(['INVALID_INPUT']);
  });
});
