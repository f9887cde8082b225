import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actionsOn } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const fields = `text version editedAt edits { text } reactionCounts { emoji count }
  reactions(first: 5) { nodes { emoji } pageInfo { endCursor } }`;
const history = `query ($id: ID!) { conversation(id: $id) { messages(last: 2) { nodes { id ${fields} } } } }`;
const reference = `query ($id: ID!) { _entities(representations: [{ __typename: "Message", id: $id }]) { ... on Message { ${fields} } } }`;

describe('what whoever left sees of messages', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  const edit = (who: Member, messageId: string, text: string, expectedVersion: number) =>
    who.execute(
      'mutation ($input: EditMessageInput!) { editMessage(input: $input) { userErrors { code } } }',
      {
        input: { messageId, text, expectedVersion },
      },
    );
  const react = (who: Member, messageId: string, emoji: string) =>
    who.execute(
      'mutation ($input: AddMessageReactionInput!) { addMessageReaction(input: $input) { userErrors { code } } }',
      { input: { messageId, emoji } },
    );
  const pass = () => messaging.clock.advance(1_000);

  /** Ana has changed a message and Ben has reacted; then Ben left, and Ana changed it twice more and reacted. */
  async function aChangedMessage() {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.group(ana, [ben]);
    const { data } = await messaging.given.message(ana, id, { text: 'first' });
    const messageId = data.sendMessage.message.id as string;
    await edit(ana, messageId, 'walrus', 1);
    await react(ben, messageId, '👍');
    pass();
    const { data: then } = await ben.execute(reference, { id: messageId });
    await actionsOn(id).leave(ben);
    pass();
    await edit(ana, messageId, 'ocelot', 2);
    await edit(ana, messageId, 'ocelot again', 3);
    await react(ana, messageId, '👎');
    return { ana, ben, id, messageId, then: then._entities[0] };
  }
  const found = async (who: Member, query: string): Promise<number> => {
    const { data } = await who.execute(
      'query ($query: String!) { searchMessages(query: $query, first: 5) { nodes { message { id } } } }',
      { query },
    );
    return data.searchMessages.nodes.length as number;
  };

  it('is what they said when they left, through every field', async () => {
    const { ana, ben, id, messageId, then } = await aChangedMessage();
    expect(then).toMatchObject({ text: 'walrus', version: 2, edits: [{ text: 'first' }] });
    expect((await ben.execute(reference, { id: messageId })).data._entities).toEqual([then]);
    const { data } = await ben.execute(history, { id });
    expect(data.conversation.messages.nodes[0]).toEqual({ id: messageId, ...then });
    expect((await ana.execute(reference, { id: messageId })).data._entities[0]).toMatchObject({
      ...{ text: 'ocelot again', version: 4 },
      reactionCounts: [
        { emoji: '👍', count: 1 },
        { emoji: '👎', count: 1 },
      ],
    });
  });

  it('has no reactions of later on further pages either', async () => {
    const { ana, ben, messageId, then } = await aChangedMessage();
    const further = `query ($id: ID!, $after: String) { _entities(representations: [{ __typename: "Message", id: $id }]) {
      ... on Message { reactions(first: 5, after: $after) { nodes { emoji } } } } }`;
    const page = { id: messageId, after: then.reactions.pageInfo.endCursor };
    expect((await ben.execute(further, page)).data._entities[0].reactions.nodes).toEqual([]);
    expect((await ana.execute(further, page)).data._entities[0].reactions.nodes).toHaveLength(1);
  });

  it('is not found by words of later', async () => {
    const { ana, ben } = await aChangedMessage();
    expect([await found(ana, 'ocelot'), await found(ben, 'ocelot')]).toEqual([1, 0]);
  });

  it('is nothing when it was deleted for everybody', async () => {
    const { ana, ben, messageId } = await aChangedMessage();
    const input = { messageId, scope: 'EVERYONE' };
    await ana.execute(
      'mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { userErrors { code } } }',
      {
        input,
      },
    );
    expect((await ben.execute(reference, { id: messageId })).data._entities[0]).toMatchObject({
      ...{ text: '', edits: [], reactionCounts: [] },
    });
  });
});
