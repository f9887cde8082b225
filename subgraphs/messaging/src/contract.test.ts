import { afterAll } from '@jest/globals';
import { describeSubgraphContract } from '@diaspora/kit/testing';
import { givenMessaging, type Messaging } from './testing/given.js';

let messaging: Messaging;

afterAll(() => messaging.stop());

describeSubgraphContract('messaging', async () => {
  messaging = await givenMessaging();
  const ana = await messaging.given.member();
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    const id = await messaging.given.conversation(ana, await messaging.given.member());
    await messaging.given.message(ana, id);
    ids.push(id);
  }
  return {
    subgraph: messaging.subgraph,
    entities: {
      typename: 'Conversation',
      ids,
      field:
        'unreadCount participants { id } messages(last: 1) { nodes { text sender { id } conversation { id } } }',
      viewer: ana.viewer,
    },
    statements: messaging.statements,
  };
});
