import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { givenMessaging, type Messaging } from '../testing/given.js';
import { offerOf } from './catalogue.js';
import { dataFieldsOf } from './rules.js';

describe('what partners can be told of', () => {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await givenMessaging();
  });
  afterAll(() => messaging.stop());

  it('is listed with what its data has, for everybody', async () => {
    const { data, errors } = await messaging.anonymous.execute(
      '{ webhookEventTypes { name source version description fields { path kind isList isNullable values } } }',
    );
    expect(errors).toEqual([]);
    const captured = data.webhookEventTypes.find(({ name }: { name: string }) => name === 'payment.captured');
    expect(captured).toMatchObject({ source: 'payments', version: 2 });
    expect(captured.fields).toContainEqual({
      ...{ path: 'orderId', kind: 'TEXT', isList: false, isNullable: true, values: null },
    });
  });

  it('has fields of each kind, by their paths', () => {
    const schema = z.object({
      status: z.enum(['A', 'B']).nullable(),
      tags: z.array(z.string()).optional(),
      inner: z.object({ isOpen: z.boolean(), count: z.int().nullable() }),
      at: z.iso.datetime(),
    });
    const usual = { isList: false, isNullable: false, values: null };
    expect(dataFieldsOf(schema)).toEqual([
      { ...usual, path: 'status', kind: 'TEXT', isNullable: true, values: ['A', 'B'] },
      { ...usual, path: 'tags', kind: 'TEXT', isList: true, isNullable: true },
      { ...usual, path: 'inner.isOpen', kind: 'BOOLEAN', values: ['true', 'false'] },
      { ...usual, path: 'inner.count', kind: 'NUMBER', isNullable: true },
      { ...usual, path: 'at', kind: 'TIME' },
    ]);
  });

  it.each([
    ['PUBLIC', true],
    ['MEMBERS', true],
    ['UNLISTED', false],
    ['PRIVATE', false],
  ])('says of an event that is %s what it is: %s', (visibility, isTold) => {
    const event = { eventId: 'evt_1', version: 3, status: 'PUBLISHED', title: 'Surprise', city: 'Bonn' };
    const { title, city, ...rest } = event;
    expect(offerOf('event.changed')!.narrow({ ...event, visibility })).toEqual({
      ...rest,
      visibility,
      ...(isTold && { title, city }),
    });
  });
});
