import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applicationIds, officeIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { officeActions, type OfficeCommand, type Person } from '../testing/offices.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  users = await givenUsers({ ambassadorsPerCountry: 3, consulsPerCity: 3 });
  actions = officeActions(users);
});
afterAll(() => users.stop());

const countries = ['DE', 'FR'];
const cities = ['Aachen', 'Lyon'];
/** Tokens that claim everything: nothing but what the database knows may count. */
const roles = ['SUPER_USER', 'AMBASSADOR', 'CONSUL', 'REGULAR'];

interface Held {
  readonly holderId: string;
  readonly role: 'AMBASSADOR' | 'CONSUL';
  readonly countryCode: string;
  readonly cityKey: string;
  readonly endsAt: Date | null;
}
interface State {
  readonly superUsers: string[];
  readonly held: Held[];
}

async function stateNow(): Promise<State> {
  const [accounts, offices] = await Promise.all([
    users.db.account.findMany({ where: { isSuperUser: true } }),
    users.db.office.findMany({ where: { endedAt: null } }),
  ]);
  return { superUsers: accounts.map(({ id }) => id).sort(), held: offices };
}

/** Told in other words than the rules under test: who could have given this, as things were before. */
function couldGive(actorId: string, gained: Held, before: State): boolean {
  if (actorId === gained.holderId) return false;
  if (before.superUsers.includes(actorId)) return true;
  if (gained.role !== 'CONSUL') return false;
  return before.held.some(
    ({ holderId, role, countryCode }) =>
      holderId === actorId && role === 'AMBASSADOR' && countryCode === gained.countryCode,
  );
}

const isSameOffice = (one: Held, other: Held) =>
  one.holderId === other.holderId &&
  one.role === other.role &&
  one.countryCode === other.countryCode &&
  one.cityKey === other.cityKey;
const reaches = ({ endsAt }: Held) => endsAt?.getTime() ?? Infinity;

/** Offices held after and not, or not for as long, before. */
const gainedIn = (before: State, after: State) =>
  after.held.filter(
    (office) => !before.held.some((was) => isSameOffice(was, office) && reaches(was) >= reaches(office)),
  );

interface Step {
  readonly command: OfficeCommand;
  readonly actor: number;
  readonly target: number;
  readonly country: number;
  readonly city: number;
  readonly nth: number;
  readonly isOpen: boolean;
}

const steps = fc.array(
  fc.record({
    command: fc.constantFrom<OfficeCommand>(
      ...(['appointAmbassador', 'appointConsul', 'endOffice', 'extendOffice', 'confirmOffice'] as const),
      ...(['applyForOffice', 'withdrawApplication', 'approveApplication', 'declineApplication'] as const),
    ),
    // Those who have some authority act more often.
    actor: fc.constantFrom(0, 1, 1, 1, 2, 2, 3, 4),
    target: fc.nat(4),
    country: fc.nat(1),
    city: fc.nat(1),
    nth: fc.nat(7),
    isOpen: fc.boolean(),
  }),
  { minLength: 15, maxLength: 30 },
);

describe('no sequence of commands by whomever', () => {
  async function inputOf({ command, country, city, nth, isOpen }: Step, people: Person[], target: Person) {
    const countryCode = countries[country]!;
    const endsAt = isOpen ? null : actions.inDays(10 + nth);
    const place = { countryCode, ...(command === 'appointConsul' && { city: cities[city] }) };
    if (command === 'appointAmbassador' || command === 'appointConsul')
      return { ...place, endsAt, userId: target.publicId, idempotencyKey: `${Math.random()}` };
    if (command === 'applyForOffice')
      return {
        countryCode,
        motivation: 'Me.',
        ...(isOpen ? { role: 'AMBASSADOR' } : { role: 'CONSUL', city: cities[city] }),
      };
    const holderId = { in: people.map(({ id }) => id) };
    if (/Application$/.test(command)) {
      const made = await users.db.officeApplication.findMany({ where: { applicantId: holderId } });
      const one = made[nth % Math.max(made.length, 1)];
      const message = command === 'withdrawApplication' ? {} : { message: 'So be it.' };
      return one && { applicationId: applicationIds.encode(one.id), ...message };
    }
    const offices = await users.db.office.findMany({ where: { holderId } });
    const one = offices[nth % Math.max(offices.length, 1)];
    return one && { officeId: officeIds.encode(one.id), ...(command === 'extendOffice' && { endsAt }) };
  }

  it('raises anybody’s authority except through a higher grantor in whose scope it is', async () => {
    let gains = 0;
    const root = await users.given.person();
    const people = [root, ...(await Promise.all([1, 2, 3, 4].map(() => users.given.person())))];
    const property = fc.asyncProperty(steps, async (sequence) => {
      await users.db.officeApplication.deleteMany({});
      await users.db.office.deleteMany({});
      await users.db.account.updateMany({ data: { isSuperUser: false } });
      await users.db.account.update({ where: { id: root.id }, data: { isSuperUser: true } });
      const endsAt = actions.inDays(9);
      const first = { countryCode: 'DE', endsAt };
      await actions.appoint(root, 'appointAmbassador', people[1]!, first);
      const ambassador = { viewer: { ...people[1]!.viewer, roles } };
      await actions.appoint(ambassador, 'appointConsul', root, { ...first, city: cities[0] });
      for (const step of sequence) {
        const [actor, target] = [people[step.actor]!, people[step.target]!];
        const input = await inputOf(step, people, target);
        if (!input) continue;
        const before = await stateNow();
        await actions.run({ ...actor.viewer, roles }, step.command, input);
        const after = await stateNow();
        expect(after.superUsers).toEqual(before.superUsers);
        const gained = gainedIn(before, after);
        gains += gained.length;
        for (const office of gained)
          expect([step, couldGive(actor.id, office, before)]).toEqual([step, true]);
      }
    });
    // On until somebody has gained enough: if nobody gains anything any more, the test runs out of time.
    do await fc.assert(property, { numRuns: 25, endOnFailure: true });
    while (gains <= 10);
  }, 180_000);
});
