import type { Viewer } from '@diaspora/kit';
import { hourMs } from '@diaspora/kit';
import { factorResetIds } from '../ids.js';
import type { givenUsers } from './given.js';
import type { signingIn } from './signing-in.js';

const fields = 'id status needsTwo reason dueAt endedAt user { id } openedBy { id } confirmedBy { id }';
const document = (name: string) => `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
  ${name}(input: $input) { reset { ${fields} } userErrors { code path } } }`;
const byKey = `mutation ($input: RefuseFactorResetByKeyInput!) {
  refuseFactorResetByKey(input: $input) { isRefused userErrors { code path } } }`;

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

/** What is done about resets of second factors. */
export function factorResetActions(users: Users, door: ReturnType<typeof signingIn>) {
  async function run(name: string, viewer: Viewer | null, input: object) {
    const { data, codes } = await users.as(viewer).execute(document(name), { input });
    const payload = data?.[name];
    return { reset: payload?.reset, refusal: codes[0] ?? payload?.userErrors[0]?.code };
  }
  const opens = (
    viewer: Viewer | null,
    { publicId: userId }: Pick<Person, 'publicId'>,
    reason = 'By video call.',
  ) => run('openFactorReset', viewer, { userId, reason });

  return {
    run,
    opens,
    refusesByKey: async (key: string) => {
      const { data, codes } = await users.anonymous.execute(byKey, { input: { key } });
      const payload = data?.refuseFactorResetByKey;
      return { isRefused: payload?.isRefused, refusal: codes[0] ?? payload?.userErrors[0]?.code };
    },
    /** A super user who has just signed in. */
    chief: async (person?: Person) =>
      (await door.signedIn(person ?? (await users.given.person({ isSuperUser: true })))).viewer,
    /** The job of the moment when the time to refuse is over. */
    fires: (publicId: string) =>
      users.run({ name: 'fireFactorReset' }, { resetId: factorResetIds.decode(publicId) }),
    passes: () => users.clock.advance(72 * hourMs),
    statusOf: async (publicId: string) =>
      (await users.db.factorReset.findUniqueOrThrow({ where: { id: factorResetIds.decode(publicId) } }))
        .status,
  };
}
