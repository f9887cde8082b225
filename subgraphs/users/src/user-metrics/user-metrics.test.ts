import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailAboutAccount } from '../jobs.js';
import { givenUsers, password, withRole } from '../testing/given.js';

const dayMs = 24 * 3_600_000;
const countActivity = { name: 'countActivity' };
const report = `query ($from: Date!, $until: Date!, $countryCode: CountryCode, $interval: ReportInterval = DAY) {
  analyticsReport(from: $from, until: $until, countryCode: $countryCode) {
    id from until countryCode
    users {
      people registrations registrationsBefore activityThrough
      growth(interval: $interval) { startsOn registrations activePeople }
      countries { countryCode people registrations }
      retention { startsOn people weeks { week people share } }
    } } }`;
const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { refreshToken } } }`;
const refresh = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { tokens { accessToken } } }`;
const register = `mutation ($input: RegisterInput!) { register(input: $input) { isAccepted } }`;
const verify = `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { isVerified } }`;

const chief = aViewer({ roles: ['SUPER_USER', 'REGULAR'] });
const ambassador = (countryCode: string) => withRole(aViewer(), 'AMBASSADOR', { countryCode });

const dayOf = (at: Date) => at.toISOString().slice(0, 10);
const daysFrom = (day: string, days: number) => dayOf(new Date(Date.parse(day) + days * dayMs));
/** Its Monday. */
const weekOf = (day: string) => daysFrom(day, -((new Date(day).getUTCDay() + 6) % 7));

describe('the numbers of members', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers();
  });
  afterAll(() => users.stop());

  const today = () => dayOf(users.clock.now());
  const ask = (variables: object, viewer: Viewer | null = chief) =>
    users.as(viewer).execute(report, { ...variables });
  const metrics = async (variables: object, viewer: Viewer = chief) => {
    const { data, errors } = await ask(variables, viewer);
    expect(errors).toEqual([]);
    return data.analyticsReport.users;
  };

  /** Somebody who proves their address at this moment. */
  async function member(countryOfResidence: string) {
    const person = await users.given.person({ isVerified: false });
    await users.db.profile.update({ where: { accountId: person.id }, data: { countryOfResidence } });
    await users.db.account.update({ where: { id: person.id }, data: { emailVerifiedAt: users.clock.now() } });
    return person;
  }

  it('follow from proving an address, signing in and exchanging tokens, and are counted the night after', async () => {
    const from = today();
    const email = 'counted@example.org';
    const input = { email, password, displayName: 'Ana', languages: ['ro'], countryOfOrigin: 'RO' };
    await users.anonymous.execute(register, { input: { ...input, countryOfResidence: 'AT' } });
    await users.run(mailAboutAccount, { emailKey: email });
    const code = /\b\d{6}\b/.exec(users.mails.at(-1)!.text)![0];
    await users.anonymous.execute(verify, { input: { email, password, code } });
    const { data } = await users.anonymous.execute(login, { input: { email, password } });
    users.clock.advance(dayMs);
    const { refreshToken } = data.login.tokens;
    await users.anonymous.execute(refresh, { input: { refreshToken } });
    await users.run(countActivity, {});
    const asked = { from, until: daysFrom(from, 2), countryCode: 'AT' };
    expect(await metrics(asked)).toMatchObject({
      people: 1,
      registrations: 1,
      activityThrough: from,
      growth: [
        { startsOn: from, registrations: 1, activePeople: 1 },
        { startsOn: daysFrom(from, 1), registrations: 0, activePeople: 0 },
      ],
    });
    users.clock.advance(dayMs);
    await users.run(countActivity, {});
    const { growth } = await metrics(asked);
    expect(growth.map(({ activePeople }: { activePeople: number }) => activePeople)).toEqual([1, 1]);
  });

  it('leave nothing behind of who was here on which day', async () => {
    await users.run(countActivity, {});
    expect(await users.db.activityMark.count({ where: { day: { lt: new Date(today()) } } })).toBe(0);
    const rows = await users.db.$queryRaw<{ column_name: string }[]>`
      SELECT column_name FROM information_schema.columns
      WHERE table_name IN ('activity_counts', 'retention_counts') AND data_type = 'uuid'`;
    expect(rows).toEqual([]);
  });

  it('are what counting people one by one gives, whichever nights the count was missed', async () => {
    const countries = ['LU', 'MT'];
    const start = today();
    const people: { id: string; country: string; registeredOn: string; days: Set<string> }[] = [];
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let day = 0; day < 45; day++) {
      if (random() < 0.5) {
        const country = countries[Math.floor(random() * 2)]!;
        const { id } = await member(country);
        people.push({ id, country, registeredOn: today(), days: new Set() });
      }
      for (const person of people.filter(() => random() < 0.25)) await use(person);
      users.clock.advance(dayMs);
      if (random() < 0.6) await users.run(countActivity, {});
    }
    await Promise.all([users.run(countActivity, {}), users.run(countActivity, {})]);

    async function use(person: (typeof people)[number]) {
      const now = users.clock.now();
      const session = { accountId: person.id, currentHash: 'x', createdAt: now, authenticatedAt: now };
      await users.db.session.upsert({
        where: { id: person.id },
        create: {
          ...session,
          id: person.id,
          lastUsedAt: now,
          expiresAt: new Date(now.getTime() + 400 * dayMs),
        },
        update: { lastUsedAt: now },
      });
      person.days.add(dayOf(now));
    }
    const until = today();
    const parts = {
      DAY: (day: string) => day,
      WEEK: weekOf,
      MONTH: (day: string) => `${day.slice(0, 7)}-01`,
    };
    for (const countryCode of countries) {
      const those = people.filter(({ country }) => country === countryCode);
      for (const [interval, partOf] of Object.entries(parts)) {
        const { growth } = await metrics({ from: start, until, countryCode, interval });
        const expected = [...new Set(allDays(start, until).map(partOf))].map((startsOn) => ({
          startsOn,
          registrations: those.filter(({ registeredOn }) => partOf(registeredOn) === startsOn).length,
          activePeople: those.filter(({ days }) => [...days].some((day) => partOf(day) === startsOn)).length,
        }));
        expect(growth).toEqual(expected);
      }
      const { retention } = await metrics({ from: start, until, countryCode });
      const lastWeek = weekOf(daysFrom(until, -1));
      for (const { startsOn, people: size, weeks } of retention) {
        const cohort = those.filter(({ registeredOn }) => weekOf(registeredOn) === startsOn);
        expect(size).toBe(cohort.length);
        expect(weeks).toHaveLength((Date.parse(lastWeek) - Date.parse(startsOn)) / (7 * dayMs) + 1);
        for (const { week, people: stayed, share } of weeks) {
          const then = daysFrom(startsOn, 7 * week);
          const expected = cohort.filter(({ days }) => [...days].some((day) => weekOf(day) === then)).length;
          expect([week, stayed]).toEqual([week, expected]);
          expect(share).toBeCloseTo(size === 0 ? 0 : expected / size);
        }
      }
      expect(retention.length).toBeGreaterThanOrEqual(5);
    }
    const whole = await metrics({ from: start, until });
    const registered = (code: string) => people.filter(({ country }) => country === code).length;
    expect(whole.registrations).toBe(people.length);
    expect(whole.countries).toEqual(
      expect.arrayContaining(
        countries.map((countryCode) => ({
          countryCode,
          people: registered(countryCode),
          registrations: registered(countryCode),
        })),
      ),
    );
    const next = await metrics({ from: until, until: daysFrom(until, 45) });
    expect([next.registrations, next.registrationsBefore]).toEqual([0, people.length]);
  });

  const allDays = (from: string, until: string): string[] =>
    from < until ? [from, ...allDays(daysFrom(from, 1), until)] : [];

  it('stay when people move, and are those of the country they registered in', async () => {
    const person = await member('CY');
    await users.db.profile.update({ where: { accountId: person.id }, data: { countryOfResidence: 'EE' } });
    const period = { from: today(), until: daysFrom(today(), 1) };
    expect((await metrics({ ...period, countryCode: 'CY' })).registrations).toBe(1);
    expect((await metrics({ ...period, countryCode: 'EE' })).registrations).toBe(0);
  });

  it('stay when people leave, who are members no more', async () => {
    const person = await member('FO');
    await users.db.account.delete({ where: { id: person.id } });
    const asked = { from: today(), until: daysFrom(today(), 1), countryCode: 'FO' };
    expect(await metrics(asked)).toMatchObject({
      people: 0,
      registrations: 1,
      countries: [{ countryCode: 'FO', people: 0, registrations: 1 }],
    });
  });

  it.each([
    ['an end before the beginning', '2026-03-02', '2026-03-02'],
    ['more than 400 days', '2025-01-01', '2026-03-02'],
  ])('are not told for %s', async (_name, from, until) => {
    expect((await ask({ from, until })).codes).toEqual(['INVALID_INPUT']);
  });

  describe('are told to', () => {
    const period = { from: '2026-03-01', until: '2026-03-08' };
    const viewers: [string, Viewer | null, string | null, string | undefined][] = [
      ['nobody who has not signed in', null, 'DE', 'UNAUTHENTICATED'],
      ['no member', aViewer(), 'DE', 'FORBIDDEN'],
      ['no consul', withRole(aViewer(), 'CONSUL', { countryCode: 'DE', city: 'Berlin' }), 'DE', 'FORBIDDEN'],
      ['no ambassador of another country', ambassador('IT'), 'DE', 'FORBIDDEN'],
      ['no ambassador about the whole platform', ambassador('DE'), null, 'FORBIDDEN'],
      ['the ambassador of the country', ambassador('DE'), 'DE', undefined],
      ['super users', chief, null, undefined],
    ];

    it.each(viewers)('%s, by the question or by its id', async (_name, viewer, countryCode, code) => {
      const asked = await ask({ ...period, countryCode }, viewer);
      expect(asked.codes[0]).toBe(code);
      const id = ['rpt', period.from, period.until, ...(countryCode ? [countryCode] : [])].join('_');
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
        ... on AnalyticsReport { id users { people } } } }`;
      const { data } = await users.as(viewer).execute(query, { r: [{ __typename: 'AnalyticsReport', id }] });
      const told = { id, users: { people: expect.any(Number) } };
      expect(data._entities).toEqual([code ? null : told]);
    });

    it.each(['rpt_2026-02-30_2026-03-08', 'rpt_2026-03-08_2026-03-01', 'rpt_2026-03-01', 'usr_1', ''])(
      'nobody by %j, which is no id of a report',
      async (id) => {
        const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
        const { data } = await users.as(chief).execute(query, { r: [{ __typename: 'AnalyticsReport', id }] });
        expect(data._entities).toEqual([null]);
      },
    );
  });
});
