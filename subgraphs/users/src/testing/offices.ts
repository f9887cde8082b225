import { dayMs, type Viewer } from '@diaspora/kit';
import { officeIds } from '../ids.js';
import { withRole, type givenUsers } from './given.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
export type Person = Awaited<ReturnType<Users['given']['person']>>;

const office = `office { id role countryCode city status startsAt endsAt endedAt endCause needsConfirmationSince
  holder { id } appointer { id } }`;
const application = `application { id role countryCode city status answer applicant { id } decider { id }
  office { id status } }`;
const failures = 'userErrors { code path }';
const answers = {
  appointAmbassador: office,
  appointConsul: office,
  endOffice: office,
  extendOffice: office,
  confirmOffice: office,
  applyForOffice: application,
  withdrawApplication: application,
  approveApplication: application,
  declineApplication: application,
} as const;

export type OfficeCommand = keyof typeof answers;

/** What people do about offices, through the schema. */
export function officeActions(users: Users) {
  let count = 0;

  /** What is answered, and the code of whatever refused it. */
  async function run(viewer: Viewer | null, command: OfficeCommand, input: object) {
    const type = `${command.charAt(0).toUpperCase()}${command.slice(1)}Input`;
    const client = viewer ? users.as(viewer) : users.anonymous;
    const document = `mutation ($input: ${type}!) { ${command}(input: $input) { ${answers[command]} ${failures} } }`;
    const { data, codes } = await client.execute(document, { input });
    const payload = data?.[command];
    return {
      office: payload?.office,
      application: payload?.application,
      refusal: (codes[0] ?? payload?.userErrors[0]?.code) as string | undefined,
      path: payload?.userErrors[0]?.path as string[] | undefined,
    };
  }

  /** A country of its own, with a super user and an ambassador. */
  async function country(countryCode: string) {
    const root = await users.given.person({ isSuperUser: true });
    const person = await users.given.person();
    const appointed = await appoint(root, 'appointAmbassador', person, { countryCode });
    const viewer = withRole(person.viewer, 'AMBASSADOR', { countryCode });
    return { root, ambassador: { ...person, viewer }, officeId: appointed.office.id as string, countryCode };
  }

  const appoint = (
    by: { readonly viewer: Viewer },
    command: 'appointAmbassador' | 'appointConsul',
    person: { readonly publicId: string },
    input: object,
  ) => run(by.viewer, command, { idempotencyKey: `key-${++count}`, userId: person.publicId, ...input });

  const inDays = (days: number) => new Date(users.clock.now().getTime() + days * dayMs).toISOString();

  const rowOf = (id: string) => users.db.office.findUniqueOrThrow({ where: { id: officeIds.decode(id) } });

  const epochOf = async ({ id }: { id: string }) =>
    (await users.db.account.findUniqueOrThrow({ where: { id } })).sessionEpoch;

  return { run, country, appoint, inDays, rowOf, epochOf };
}
