import type { NastySupergraph } from '../nasty.js';

export const subscriptions: NastySupergraph = {
  name: 'subscriptions whose selection spans three subgraphs',
  subgraphs: {
    chat: `
      type Query { rooms: Int }
      type Subscription { messages(room: ID!): Message! anything: Event ticks: Int }
      type Message @key(fields: "id") { id: ID! text: String author: User! }
      type User @key(fields: "id") { id: ID! }
      union Event = Message | User
    `,
    users:
      'type User @key(fields: "id") { id: ID! name: String! team: Team }  type Team @key(fields: "id") { id: ID! }',
    teams:
      'type Team @key(fields: "id") { id: ID! label: String } type Message @key(fields: "id") { id: ID! text: String @external length: Int @requires(fields: "text") }',
  },
  values: {
    'Subscription.messages': () => 3,
    'Message.author': () => 2,
    'User.team': () => 4,
    'Subscription.anything': () => ({ type: 'User', n: 2 }),
  },
  operations: [
    { name: 'only the event', document: 'subscription { ticks }' },
    {
      name: 'the rest from others',
      document: 'subscription { messages(room: "id-3") { text author { name team { label } } } }',
      expected: {
        data: { messages: { text: 'text-3', author: { name: 'name-2', team: { label: 'label-4' } } } },
      },
    },
    {
      name: 'what is required of the event',
      document: 'subscription ($r: ID!) { m: messages(room: $r) { length author { id } } }',
      variables: { r: 'x' },
    },
    {
      name: 'members of a union',
      document: 'subscription { anything { __typename ... on User { name } ... on Message { length } } }',
      expected: { data: { anything: { __typename: 'User', name: 'name-2' } } },
    },
    {
      name: 'conditions',
      document:
        'subscription ($no: Boolean!) { messages(room: "r") { text @include(if: $no) author @skip(if: $no) { name } } }',
      variables: { no: false },
    },
    {
      name: 'the rest fails',
      document: 'subscription { messages(room: "r") { text author { team { label } } } }',
      faults: { down: ['users'] },
      expected: {
        data: { messages: { text: 'text-3', author: { team: null } } },
        errorsAt: [['messages', 'author', 'team']],
      },
    },
  ],
};
