import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, type TestClient } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';

const registerForEvent = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  registration { id status confirmedAt cancelledAt user { id } event { id registeredCount freePlaces viewerEligibility { isAllowed reasonCode } } }
  event { id registeredCount }
  userErrors { __typename code path ... on SoldOutError { isWaitlistOpen } }
} }`;

describe('who sees registrations', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  const register = (client: TestClient, eventId: string, more: object = {}) =>
    client.execute(registerForEvent, { input: { eventId, ...more } });

  type Who =
    'anonymous' | 'program' | 'program that may' | 'stranger' | 'participant' | 'organizer' | 'super user';
  let viewers: Record<Who, Viewer | null>;
  let event: Awaited<ReturnType<typeof events.given.event>>;
  let registrationId: string;
  beforeAll(async () => {
    const [stranger, participant, organizer] = [
      events.given.person(),
      events.given.person(),
      events.given.person(),
    ];
    const root = events.given.person({ roles: ['SUPER_USER'] });
    viewers = {
      anonymous: null,
      program: aViewer({ kind: 'service', roles: ['SERVICE'], scopes: ['events:read'] }),
      'program that may': aViewer({
        kind: 'service',
        roles: ['serviciu_clienti'],
        scopes: ['registrations:read'],
      }),
      'super user': root.viewer,
      stranger: stranger.viewer,
      participant: participant.viewer,
      organizer: organizer.viewer,
    };
    event = await events.given.event({ organizerId: organizer.id, onlineUrl: 'https://meet.example/a' });
    const { data } = await register(events.as(participant.viewer), event.publicId);
    registrationId = data.registerForEvent.registration.id;
  });

  it.each<[Who, boolean]>([
    ['anonymous', false],
    ['program', false],
    ['program that may', true],
    ['stranger', false],
    ['participant', false],
    ['organizer', true],
    ['super user', true],
  ])('of an event: %s %s', async (who, isAllowed) => {
    const query = 'query ($id: ID!) { event(id: $id) { registrations(first: 10) { nodes { id } } } }';
    const { data, codes } = await events.as(viewers[who]).execute(query, { id: event.publicId });
    expect(data.event.registrations).toEqual(isAllowed ? { nodes: [{ id: registrationId }] } : null);
    expect(codes).toEqual(isAllowed ? [] : ['FORBIDDEN']);
  });

  it.each<[Who, boolean]>([
    ['anonymous', false],
    ['stranger', false],
    ['participant', true],
    ['organizer', false],
    ['super user', false],
  ])('of a person: %s %s', async (who, isAllowed) => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
      registrations(first: 10) { nodes { id event { id } } } } } }`;
    const r = [{ __typename: 'User', id: userIds.encode(viewers.participant!.id) }];
    const { data, codes } = await events.as(viewers[who]).execute(query, { r });
    const nodes = [{ id: registrationId, event: { id: event.publicId } }];
    expect(data._entities[0].registrations).toEqual(isAllowed ? { nodes } : null);
    expect(codes).toEqual(isAllowed ? [] : ['FORBIDDEN']);
  });

  it.each<[Who, boolean]>([
    ['anonymous', false],
    ['stranger', false],
    ['participant', true],
    ['organizer', true],
    ['super user', true],
  ])('by reference: %s %s', async (who, isAllowed) => {
    const query =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Registration { id user { id } } } }';
    const r = [
      { __typename: 'Registration', id: registrationId },
      { __typename: 'Registration', id: 'reg_nonsense' },
    ];
    const { data, codes } = await events.as(viewers[who]).execute(query, { r });
    const user = { id: userIds.encode(viewers.participant!.id) };
    expect(data._entities).toEqual([isAllowed ? { id: registrationId, user } : null, null]);
    expect(codes).toEqual([]);
  });

  it.each<[Who, boolean]>([
    ['anonymous', false],
    ['stranger', false],
    ['participant', true],
    ['organizer', true],
    ['super user', true],
  ])('and the link to join: %s %s', async (who, isAllowed) => {
    const query = 'query ($id: ID!) { event(id: $id) { onlineUrl } }';
    const { data, codes } = await events.as(viewers[who]).execute(query, { id: event.publicId });
    expect(data.event.onlineUrl).toBe(isAllowed ? 'https://meet.example/a' : null);
    expect(codes).toEqual([]);
  });

  it('pages through registrations in both directions', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ organizerId: organizer.id });
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { data } = await register(events.as(events.given.person().viewer), event.publicId);
      ids.push(data.registerForEvent.registration.id as string);
    }
    const page = async (args: string) => {
      const query = `query ($id: ID!) { event(id: $id) { registrations(${args}) { nodes { id } pageInfo { hasNextPage endCursor startCursor } } } }`;
      const { data } = await events.as(organizer.viewer).execute(query, { id: event.publicId });
      const { nodes, pageInfo } = data.event.registrations as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; startCursor: string; endCursor: string };
      };
      return { ids: nodes.map((node) => node.id), pageInfo };
    };
    const first = await page('first: 3');
    expect([first.ids, first.pageInfo.hasNextPage]).toEqual([ids.slice(0, 3), true]);
    expect((await page(`first: 3, after: "${first.pageInfo.endCursor}"`)).ids).toEqual(ids.slice(3));
    const last = await page('last: 2');
    expect(last.ids).toEqual(ids.slice(3));
    expect((await page(`last: 9, before: "${last.pageInfo.startCursor}"`)).ids).toEqual(ids.slice(0, 3));
  });
});
