import { describe, expect, it } from '@jest/globals';
import { messages as content } from '@diaspora/content/messages';
import { messages as events } from '@diaspora/events/messages';
import type { MessageDefinitions } from '@diaspora/kit';
import { messages as messaging } from '@diaspora/messaging/messages';
import { catalogue, notOffered } from '@diaspora/messaging/webhook-catalogue';
import { messages as payments } from '@diaspora/payments/messages';
import { messages as users } from '@diaspora/users/messages';
import type { z } from 'zod';

const owners: Readonly<Record<string, MessageDefinitions>> = { content, events, messaging, payments, users };
const told = Object.values(owners).flatMap(({ source, types }) =>
  Object.keys(types).map((type) => `${source} ${type}`),
);
const refused = Object.entries(notOffered).flatMap(([source, types]) =>
  Object.keys(types).map((type) => `${source} ${type}`),
);
const fieldsOf = (schema: unknown) => Object.keys((schema as z.ZodObject).shape).sort();

describe('what partners can be told of by webhooks', () => {
  it('is decided on for each message of the platform, once: offered, or not and why', () => {
    const offered = catalogue.map(({ source, type }) => `${source} ${type}`);
    expect([...offered, ...refused].sort()).toEqual(told.sort());
  });

  it('has one meaning for each name', () => {
    expect(new Set(catalogue.map(({ type }) => type)).size).toBe(catalogue.length);
  });

  it.each(catalogue.map((offer) => [offer.type, offer] as const))(
    '%s is of the version that is told, and what of it is left out is on the list',
    (type, { source, version, schema, leftOut }) => {
      const owner = owners[source]!.types[type]!;
      expect(version).toBe(owner.version);
      expect([...fieldsOf(schema), ...leftOut].sort()).toEqual(fieldsOf(owner.schema));
    },
  );

  it('holds nothing of what people are called and of what they say to each other', () => {
    const fields = catalogue.flatMap(({ schema }) => fieldsOf(schema));
    expect(
      fields.filter((field) => /^text$|excerpt|secret|token|email|phone|displayName/i.test(field)),
    ).toEqual([]);
  });
});
