import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { idType } from '@diaspora/kit';
import { givenSearch, type Search } from '../testing/given.js';
import { nodeTypenames } from './rules.js';

const nodeQuery = `query ($id: ID!) { node(id: $id) { __typename id } }`;
const nodesQuery = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`;
const anId = (prefix: string) => idType(prefix).encode(idType(prefix).create());

describe('nodes', () => {
  let search: Search;
  beforeAll(async () => {
    search = await givenSearch();
  });
  afterAll(() => search.stop());

  it.each([
    ['usr', 'User'],
    ['ofc', 'Office'],
    ['ord', 'Order'],
    ['org', 'Organization'],
    ['ond', 'OrganizationNode'],
    ['cus', 'Customer'],
    ['evt', 'Event'],
    ['evs', 'EventSeries'],
    ['reg', 'Registration'],
    ['pkt', 'Packet'],
    ['pur', 'Purchase'],
    ['tck', 'Ticket'],
    ['tty', 'TicketType'],
    ['vch', 'Voucher'],
    ['whd', 'WebhookDelivery'],
    ['whk', 'Webhook'],
    ['pst', 'Post'],
    ['cmt', 'Comment'],
    ['med', 'Media'],
    ['cnv', 'Conversation'],
    ['msg', 'Message'],
    ['smg', 'ScheduledMessage'],
    ['ntf', 'Notification'],
    ['pln', 'Plan'],
    ['pmt', 'PaymentMethod'],
    ['sub', 'PlanSubscription'],
    ['inv', 'Invoice'],
  ])('knows that an id of %s names a %s', async (prefix, typename) => {
    const id = anId(prefix);
    const { data } = await search.anonymous.execute(nodeQuery, { id });
    expect(data.node).toEqual({ __typename: typename, id });
  });

  it.each([
    ['empty', ''],
    ['malformed', 'evt_nonsense'],
    ['of an unknown kind', anId('xyz')],
    ['of an inner object', anId('ses')],
    ['too long', `${anId('evt')}0`],
    ['in capitals', anId('evt').toUpperCase()],
    ['marked with a direction', `\u200f${anId('evt')}`],
    ['an emoji', '🎉'],
  ])('answers null for an id that is %s', async (_name, id) => {
    expect(await search.anonymous.execute(nodeQuery, { id })).toMatchObject({
      data: { node: null },
      errors: [],
    });
  });

  it('keeps order and repetitions of many ids, null where there is nothing', async () => {
    const [event, post] = [anId('evt'), anId('pst')];
    const { data } = await search.anonymous.execute(nodesQuery, { ids: [post, 'x', event, post] });
    expect(data.nodes).toMatchObject([{ id: post }, null, { id: event }, { id: post }]);
  });

  it('answers 100 ids and refuses 101', async () => {
    const ids = Array.from({ length: 101 }, () => anId('usr'));
    expect((await search.anonymous.execute(nodesQuery, { ids: ids.slice(1) })).data.nodes).toHaveLength(100);
    expect((await search.anonymous.execute(nodesQuery, { ids })).codes).toEqual(['INVALID_INPUT']);
  });

  it('knows every entity with a global id that other subgraphs own', () => {
    const subgraphs = new URL('../../../', import.meta.url);
    const owned = readdirSync(subgraphs, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('/schema.graphql') && !/node_modules|^search\//.test(file))
      .flatMap((file) => [
        ...readFileSync(new URL(file, subgraphs), 'utf8').matchAll(
          /type (\w+) implements Node @key\(fields: "id"\) /g,
        ),
      ])
      .map(([, typename]) => typename);
    // An owner, and whoever hangs fields there and points at it as a node.
    expect([...nodeTypenames].sort()).toEqual([...new Set(owned)].sort());
  });
});
