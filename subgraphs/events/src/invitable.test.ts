import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenEvents } from './testing/given.js';

const documents = {
  inviteToEvent: `mutation ($input: InviteToEventInput!) { inviteToEvent(input: $input) { userErrors { code } } }`,
  inviteCoHost: `mutation ($input: InviteCoHostInput!) { inviteCoHost(input: $input) { userErrors { code } } }`,
};
const codes = { inviteToEvent: 'CONFLICT', inviteCoHost: 'INVALID_INPUT' };

describe('whom a person lets invite them', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  type Person = ReturnType<typeof events.given.person>;
  const profileOf = ({ publicId }: Person, version: number, more: object) =>
    events.tell('user.profileChanged', {
      ...{ userId: publicId, version, displayName: 'Ana', city: null, domains: [] },
      ...{ countryOfResidence: 'DE', ...more },
    });
  const tie = (one: Person, other: Person, version: number) => ({
    ...{ personId: one.publicId, otherId: other.publicId, version },
  });
  async function attempt(name: keyof typeof documents, inviter: Person, person: Person) {
    const event = await events.given.event({ organizerId: inviter.id });
    const more = name === 'inviteToEvent' ? { idempotencyKey: event.id, expiresInDays: 7 } : {};
    const input = { eventId: event.publicId, userId: person.publicId, ...more };
    const { data } = await events.as(inviter.viewer).execute(documents[name], { input });
    return data[name].userErrors[0]?.code ?? 'invited';
  }

  describe.each(['inviteToEvent', 'inviteCoHost'] as const)('of %s', (name) => {
    it.each([
      ['EVERYONE', 'invited', 'invited'],
      ['CONNECTIONS', 'invited', codes[name]],
      ['NOBODY', codes[name], codes[name]],
      // Told before users told of it.
      [undefined, 'invited', 'invited'],
    ] as const)('is %s: a friend is %s, a stranger %s', async (invitableBy, friendly, strange) => {
      const [ana, friend, stranger] = [events.given.person(), events.given.person(), events.given.person()];
      await profileOf(ana, 1, { invitableBy });
      await events.tell('user.connected', tie(friend, ana, 1));
      expect(await attempt(name, friend, ana)).toBe(friendly);
      expect(await attempt(name, stranger, ana)).toBe(strange);
    });
  });

  it('is what they chose last, and friends are those who still are', async () => {
    const [ana, friend] = [events.given.person(), events.given.person()];
    await profileOf(ana, 2, { invitableBy: 'CONNECTIONS' });
    await profileOf(ana, 1, { invitableBy: 'EVERYONE' });
    await events.tell('user.disconnected', tie(ana, friend, 2));
    await events.tell('user.connected', tie(ana, friend, 1));
    expect(await attempt('inviteToEvent', friend, ana)).toBe('CONFLICT');
    await events.tell('user.connected', tie(friend, ana, 3));
    expect(await attempt('inviteToEvent', friend, ana)).toBe('invited');
    await profileOf(ana, 3, { invitableBy: 'NOBODY' });
    expect(await attempt('inviteToEvent', friend, ana)).toBe('CONFLICT');
  });
});
