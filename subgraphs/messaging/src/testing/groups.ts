import type { TestClient, TestResult } from '@diaspora/kit/testing';
import type { Messaging } from './given.js';

type Person = Pick<TestClient, 'execute'>;
interface Named {
  readonly publicId: string;
}

const codeOf = ({ data, codes }: TestResult): string | undefined =>
  codes[0] ??
  Object.values(data as Record<string, { userErrors: { code: string }[] }>)[0]?.userErrors[0]?.code;

/** Runs a mutation with one input and answers why it was refused; undefined when it was not. */
export const refusalOf = async (
  who: Person,
  mutation: string,
  input: object,
): Promise<string | undefined> => {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  return codeOf(
    await who.execute(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { conversation { id } userErrors { code message } } }`,
      { input },
    ),
  );
};

/** What people do in one group; each answers why it was refused. */
export const actionsOn = (conversationId: string) => ({
  add: (who: Person, people: readonly Named[]) =>
    refusalOf(who, 'addGroupMembers', { conversationId, userIds: people.map(({ publicId }) => publicId) }),
  remove: (who: Person, person: Named) =>
    refusalOf(who, 'removeGroupMember', { conversationId, userId: person.publicId }),
  role: (who: Person, person: Named, role: string) =>
    refusalOf(who, 'setGroupRole', { conversationId, userId: person.publicId, role }),
  rename: (who: Person, name: string) => refusalOf(who, 'updateGroup', { conversationId, name }),
  policy: (who: Person, historyVisibility: string) =>
    refusalOf(who, 'updateGroup', { conversationId, historyVisibility }),
  leave: (who: Person, successor?: Named) =>
    refusalOf(who, 'leaveGroup', { conversationId, successorId: successor?.publicId }),
});

/** Ana's group, with her friends Ben and Cleo in it. */
export async function aGroup({ given }: Pick<Messaging, 'given'>, overrides: object = {}) {
  const [ana, ben, cleo] = [await given.member(), await given.member(), await given.member()];
  const id = await given.group(ana, [ben, cleo], overrides);
  return { ana, ben, cleo, id, ...actionsOn(id) };
}

interface Line {
  readonly sequence: number;
  readonly text: string;
  readonly system: { type: string; name: string | null; role: string | null; people: unknown[] } | null;
}

/** The history as somebody sees it: sequence and text, or what a line of the system tells of how many. */
export async function historyOf(who: Person, id: string): Promise<string[]> {
  const { data } = await who.execute(
    `query ($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes {
      sequence text system { type name role people { id } } } } } }`,
    { id },
  );
  return (data.conversation.messages.nodes as Line[]).map(({ sequence, text, system }) =>
    [sequence, text, system?.type, system?.name, system?.role, system?.people.length]
      .filter((part) => part != null && part !== '' && part !== 0)
      .join(' '),
  );
}

/** Who takes part and as what, as somebody sees it. */
export async function membersOf(who: Person, id: string): Promise<[string, string][]> {
  const { data } = await who.execute(
    'query ($id: ID!) { conversation(id: $id) { members(first: 100) { nodes { role user { id } } } } }',
    { id },
  );
  const nodes = data.conversation.members.nodes as { role: string; user: { id: string } }[];
  return nodes.map(({ role, user }) => [user.id, role]);
}

/** The token of a link that somebody makes. */
export async function linkTo(who: Person, conversationId: string, limits: object = {}): Promise<string> {
  const { data } = await who.execute(
    'mutation ($input: CreateInviteLinkInput!) { createInviteLink(input: $input) { token } }',
    { input: { conversationId, ...limits } },
  );
  return data.createInviteLink.token as string;
}

/** Joins by a link; answers the wish that came of it, undefined where there was nothing to wish for. */
export const invitedBy = (token: string) => ({
  join: async (who: Person): Promise<string | undefined> => {
    const { data } = await who.execute(
      'mutation ($input: JoinByInviteLinkInput!) { joinByInviteLink(input: $input) { joinRequest { id } } }',
      { input: { token } },
    );
    return data.joinByInviteLink.joinRequest?.id;
  },
});
