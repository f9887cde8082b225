import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIds, officeIds } from '../ids.js';
import { warnOfMandate } from '../jobs.js';
import { givenUsers } from '../testing/given.js';
import { officeActions } from '../testing/offices.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  users = await givenUsers({ consulsPerCity: 3 });
  actions = officeActions(users);
});
afterAll(() => users.stop());

const dayMs = 86_400_000;
type Country = Awaited<ReturnType<typeof actions.country>>;

/** A consul, for a year unless it says otherwise. */
async function consulOf(country: Country, term: { startsAt?: string; endsAt?: string | null } = {}) {
  const person = await users.given.person();
  const place = { countryCode: country.countryCode, city: 'Porto', endsAt: actions.inDays(365), ...term };
  const { office } = await actions.appoint(country.ambassador, 'appointConsul', person, place);
  return { ...person, officeId: office.id as string, endsAt: office.endsAt as string };
}
type Consul = Awaited<ReturnType<typeof consulOf>>;

const warningsAt = async ({ officeId }: { officeId: string }) => {
  const jobs = await users.db.$queryRaw<{ run_at: Date }[]>`
    SELECT run_at FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    WHERE t.identifier = ${warnOfMandate.name} AND payload ->> 'officeId' = ${officeIds.decode(officeId)}
    ORDER BY run_at`;
  return jobs.map(({ run_at }) => run_at.toISOString());
};
const warn = ({ officeId, endsAt }: Consul) =>
  users.run(warnOfMandate, { officeId: officeIds.decode(officeId), endsAt });
const warnings = async ({ publicId }: Consul) =>
  (await users.messages(publicId)).filter(({ type }) => type === 'office.mandateAtRisk');

async function hold(consul: Consul, countryCode: string, count: number): Promise<void> {
  const at = users.clock.now().toISOString();
  for (let event = 0; event < count; event++)
    await users.receive('events', 'event.completed', {
      ...{ eventId: eventIds.encode(eventIds.create()), version: 1, type: 'LOCAL' },
      ...{ organizerId: consul.publicId, countryCode, city: 'Porto', startsAt: at, endsAt: at },
      ...{ registeredCount: 1, checkedInCount: null },
    });
  users.clock.advance(1_000);
}

describe('sixty days before the end of a term', () => {
  it('the consul and the ambassador hear how many events the mandate still asks for', async () => {
    const country = await actions.country('AT');
    const consul = await consulOf(country);
    expect(await warningsAt(consul)).toEqual([actions.inDays(305)]);
    await hold(consul, 'AT', 1);
    users.clock.advance(305 * dayMs);
    await warn(consul);
    const { officeId, publicId: userId, endsAt } = consul;
    expect(await warnings(consul)).toEqual([
      {
        type: 'office.mandateAtRisk',
        data: {
          ...{ officeId, userId, role: 'CONSUL', countryCode: 'AT', city: 'Porto', endsAt },
          ...{ eventsHeld: 1, eventsMissing: 3, superiorIds: [country.ambassador.publicId] },
        },
      },
    ]);
  });

  it('super users hear of a consul in a country without an ambassador', async () => {
    const country = await actions.country('BE');
    const consul = await consulOf(country);
    await actions.run(country.root.viewer, 'endOffice', { officeId: country.officeId });
    users.clock.advance(305 * dayMs);
    await warn(consul);
    const [warning] = await warnings(consul);
    const { superiorIds } = warning!.data as { superiorIds: string[] };
    expect(superiorIds).toContain(country.root.publicId);
    expect(superiorIds).not.toContain(country.ambassador.publicId);
  });

  it.each<[string, (consul: Consul, country: Country) => Promise<unknown>]>([
    ['the mandate is met', (consul) => hold(consul, 'CZ', 4)],
    [
      'the office has ended',
      (consul, { ambassador }) => actions.run(ambassador.viewer, 'endOffice', { officeId: consul.officeId }),
    ],
    [
      'the term was made longer',
      (consul, { ambassador }) =>
        actions.run(ambassador.viewer, 'extendOffice', {
          officeId: consul.officeId,
          endsAt: actions.inDays(500),
        }),
    ],
    ['the term is over', async () => users.clock.advance(60 * dayMs)],
  ])('nobody hears anything when %s', async (_name, change) => {
    const known = await users.db.office.findFirst({ where: { countryCode: 'CZ', role: 'AMBASSADOR' } });
    if (known) await users.db.office.deleteMany({ where: { countryCode: 'CZ' } });
    const country = await actions.country('CZ');
    const consul = await consulOf(country);
    users.clock.advance(305 * dayMs);
    await change(consul, country);
    await warn(consul);
    expect(await warnings(consul)).toEqual([]);
  });
});

describe('the warning', () => {
  it('moves with the end of a term that is made longer, and is due at once when that is near', async () => {
    const country = await actions.country('DK');
    const consul = await consulOf(country);
    const [before] = await warningsAt(consul);
    users.clock.advance(350 * dayMs);
    const endsAt = actions.inDays(30);
    const { officeId } = consul;
    await actions.run(country.ambassador.viewer, 'extendOffice', { officeId, endsAt });
    const after = new Date(Date.parse(endsAt) - 60 * dayMs).toISOString();
    expect(await warningsAt(consul)).toEqual([before, after]);
    expect(Date.parse(after)).toBeLessThan(users.clock.now().getTime());
    await warn({ ...consul, endsAt });
    expect(await warnings(consul)).toHaveLength(1);
  });

  it('is of no term without an end, of none that is shorter, and of no ambassador', async () => {
    const country = await actions.country('EE');
    const open = await consulOf(country, { endsAt: null });
    const short = await consulOf(country, { endsAt: actions.inDays(60) });
    const next = await users.given.person();
    const { office } = await actions.appoint(country.root, 'appointAmbassador', next, {
      ...{ countryCode: 'FI', endsAt: actions.inDays(365) },
    });
    for (const { officeId } of [open, short, { officeId: office.id as string }])
      expect(await warningsAt({ officeId })).toEqual([]);
  });
});
