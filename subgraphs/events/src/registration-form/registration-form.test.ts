import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, auditLines } from '@diaspora/kit/testing';
import { registrationIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';

const set = `mutation ($input: SetRegistrationSettingsInput!) { setRegistrationSettings(input: $input) {
  event { registrationSettings { version maxGuests waitlist closesAt offerMinutes
    questions { id kind prompt options isRequired } } } userErrors { code path } } }`;
const register = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  registration { id answers { value question { prompt } } } userErrors { code path } } }`;
const change = `mutation ($input: UpdateRegistrationInput!) { updateRegistration(input: $input) {
  registration { answers { value } } userErrors { code } } }`;
const cancel = `mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { userErrors { code } } }`;
const answersOf = `query ($r: [_Any!]!) { _entities(representations: $r) {
  ... on Registration { answers { value } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

const diet = { kind: 'CHOICE', prompt: 'What do you eat?', options: ['Meat', 'Plants'], isRequired: true };
const wish = { kind: 'TEXT', prompt: 'Anything else?', isRequired: false };

async function scene() {
  const host = events.given.person();
  const event = await events.given.event({ organizerId: host.id });
  let version = 0;
  const settle = async (input: object, viewer: Viewer | null = host.viewer) => {
    const variables = { input: { eventId: event.publicId, expectedVersion: version, ...input } };
    const answer = await events.as(viewer).execute(set, variables);
    const settings = answer.data?.setRegistrationSettings.event?.registrationSettings;
    if (settings) version = settings.version;
    const failures = answer.data?.setRegistrationSettings.userErrors.map((error: any) => error.code) ?? [];
    return { settings, codes: [...answer.codes, ...failures] as string[] };
  };
  const answered = (viewer: Viewer, answers: object[]) =>
    events.as(viewer).execute(register, { input: { eventId: event.publicId, answers } });
  return { host, event, settle, answered };
}

describe('the terms of an event', () => {
  it('are the usual ones until somebody sets others; absent keeps, null clears, and it is on record', async () => {
    const { event, settle } = await scene();
    const closesAt = '2026-06-05T12:00:00.000Z';
    const first = await settle({ maxGuests: 2, closesAt });
    expect(first.settings).toMatchObject({ version: 1, maxGuests: 2, closesAt, waitlist: 'FIRST_COME' });
    const second = await settle({ waitlist: 'LOTTERY', closesAt: null });
    expect(second.settings).toMatchObject({ version: 2, maxGuests: 2, closesAt: null, waitlist: 'LOTTERY' });
    expect(await auditLines(events.db, event.publicId)).toMatchObject([
      { action: 'event.registrationChanged' },
      { action: 'event.registrationChanged' },
    ]);
  });

  it('are not overwritten by whoever has not seen the last ones', async () => {
    const { settle } = await scene();
    await settle({ maxGuests: 1 });
    expect((await settle({ expectedVersion: 0, maxGuests: 9 })).codes).toEqual(['CONFLICT']);
  });

  it.each([
    [{ maxGuests: 21 }],
    [{ offerMinutes: 9 }],
    [{ requiredEntitlement: 'not one' }],
    [{ opensAt: '2026-06-05T12:00:00Z', closesAt: '2026-06-05T12:00:00Z' }],
    [{ questions: [{ ...diet, options: ['One'] }] }],
    [{ questions: [{ ...wish, options: ['One', 'Two'] }] }],
    [{ questions: [{ ...wish, id: 'rqn_01h2xcejqtf2nbrexx3vqjhp41' }] }],
    [{ questions: [{ ...wish, prompt: '  ' }] }],
  ])('cannot be %j', async (input) => {
    const { event, settle } = await scene();
    expect((await settle(input)).codes).toEqual(['INVALID_INPUT']);
    expect(await events.db.registrationSettings.count({ where: { eventId: event.id } })).toBe(0);
    expect(await events.db.registrationQuestion.count({ where: { eventId: event.id } })).toBe(0);
  });

  it.each<[string, () => Viewer | null, string[]]>([
    ['anonymous', () => null, ['UNAUTHENTICATED']],
    ['a stranger', () => events.given.person().viewer, ['FORBIDDEN']],
    ['a program', () => aViewer({ kind: 'service', scopes: ['registrations:read'] }), ['UNAUTHENTICATED']],
    ['a super user', () => events.given.person({ roles: ['SUPER_USER'] }).viewer, []],
  ])('set by %s', async (_who, viewer, codes) => {
    const { event, settle } = await scene();
    const answer = await settle({ maxGuests: 1 }, viewer());
    const isRefused = codes.length > 0;
    expect(answer.codes.length > 0).toBe(isRefused);
    expect(await events.db.registrationSettings.count({ where: { eventId: event.id } })).toBe(
      isRefused ? 0 : 1,
    );
  });
});

describe('questions', () => {
  it('are asked in their order and answered by whoever registers', async () => {
    const { settle, answered } = await scene();
    const { settings } = await settle({ questions: [diet, wish] });
    const [first, second] = settings.questions;
    expect([first.options, second.options]).toEqual([['Meat', 'Plants'], []]);
    const { viewer } = events.given.person();
    const { data } = await answered(viewer, [{ questionId: first.id, value: 'Plants' }]);
    expect(data.registerForEvent.registration.answers).toEqual([
      { value: 'Plants', question: { prompt: diet.prompt } },
    ]);
  });

  it.each<[string, (questions: { id: string }[]) => object[]]>([
    ['without what is required', () => []],
    ['with spaces for it', ([first]) => [{ questionId: first!.id, value: '  ' }]],
    ['with what is no option', ([first]) => [{ questionId: first!.id, value: 'Stones' }]],
    [
      'twice',
      ([first]) => [
        { questionId: first!.id, value: 'Meat' },
        { questionId: first!.id, value: 'Meat' },
      ],
    ],
    [
      'to what was not asked',
      ([first]) => [
        { questionId: first!.id, value: 'Meat' },
        { questionId: 'rqn_01h2xcejqtf2nbrexx3vqjhp41', value: 'x' },
      ],
    ],
    [
      'at too great length',
      ([first, second]) => [
        { questionId: first!.id, value: 'Meat' },
        { questionId: second!.id, value: 'x'.repeat(2_001) },
      ],
    ],
  ])('answered %s let nobody in', async (_how, answers) => {
    const { event, settle, answered } = await scene();
    const { settings } = await settle({ questions: [diet, wish] });
    const { data } = await answered(events.given.person().viewer, answers(settings.questions));
    expect(data.registerForEvent).toMatchObject({
      registration: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['answers'] }],
    });
    expect(await events.db.registration.count({ where: { eventId: event.id } })).toBe(0);
  });

  it('that are asked no longer keep their answers; answers change, and go when the person leaves', async () => {
    const { settle, answered } = await scene();
    const { settings } = await settle({ questions: [diet, wish] });
    const [first, second] = settings.questions;
    const { viewer } = events.given.person();
    const { data } = await answered(viewer, [
      { questionId: first.id, value: 'Meat' },
      { questionId: second.id, value: 'A chair' },
    ]);
    const { id } = data.registerForEvent.registration;
    await settle({ questions: [{ ...wish, id: second.id, prompt: 'What else?' }] });
    const input = { registrationId: id, answers: [{ questionId: second.id, value: 'Two chairs' }] };
    const changed = await events.as(viewer).execute(change, { input });
    const values = changed.data.updateRegistration.registration.answers.map((answer: any) => answer.value);
    expect(values.sort()).toEqual(['Meat', 'Two chairs']);
    await events.as(viewer).execute(cancel, { id });
    const registrationId = registrationIds.decode(id);
    expect(await events.db.registrationAnswer.count({ where: { registrationId } })).toBe(0);
  });

  it.each<[string, boolean]>([
    ['anonymous', false],
    ['stranger', false],
    ['program', false],
    ['participant', true],
    ['organizer', true],
  ])('are answered for the eyes of the person and the organizers: %s %s', async (who, isAllowed) => {
    const { host, settle, answered } = await scene();
    const { settings } = await settle({ questions: [diet] });
    const { viewer } = events.given.person();
    const { data } = await answered(viewer, [{ questionId: settings.questions[0].id, value: 'Meat' }]);
    const viewers: Record<string, Viewer | null> = {
      anonymous: null,
      stranger: events.given.person().viewer,
      program: aViewer({ kind: 'service', roles: ['SERVICE'], scopes: ['registrations:read'] }),
      participant: viewer,
      organizer: host.viewer,
    };
    const r = [{ __typename: 'Registration', id: data.registerForEvent.registration.id }];
    const answer = await events.as(viewers[who]!).execute(answersOf, { r });
    expect(answer.data._entities[0]?.answers ?? null).toEqual(isAllowed ? [{ value: 'Meat' }] : null);
  });
});
