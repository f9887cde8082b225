import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import type { Fetch } from '../plan/plan.js';
import { sourceOf } from './source.js';

const schema = buildSchema(`
  type Query { one: Int }
  type Subscription {
    events(of: ID!, after: String): Events!
    numbered(after: Int!): Events!
    plain(after: String): Int
    live: Events!
  }
  type Events { cursor: String! number: Int }`);

function source(document: string, variables: readonly string[] = []) {
  const definition = parse(document).definitions[0] as OperationDefinitionNode;
  const fetch: Fetch = {
    ...{ id: 0, subgraph: 's', path: [], document: definition, variables },
    ...{ waitsFor: [], inputRewrites: [], outputRewrites: [] },
  };
  return sourceOf(fetch, schema);
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ');

describe('the source of a subscription', () => {
  it('asks for the cursor, and makes a variable of where to begin', () => {
    const { query, variables, cursor } = source(
      'subscription ($id: ID!, $from: String) { events(of: $id, after: $from) { number } }',
      ['id', 'from'],
    );
    expect(oneLine(query)).toBe(
      'subscription ($id: ID!, $resumeAfter_: String) { ' +
        'events(of: $id, after: $resumeAfter_) { number resumeCursor_: cursor } }',
    );
    const values = { id: '1', from: 'c5', other: 2 };
    expect(variables(values)).toEqual({ id: '1' });
    expect(cursor?.startOf(values)).toBe('c5');
    expect(cursor?.startOf({ id: '1' })).toBeUndefined();
  });

  it('reads the cursor under the name that the client gave the field', () => {
    const { cursor } = source('subscription { mine: events(of: 1, after: "c2") { number } }');
    expect(cursor?.startOf({})).toBe('c2');
    expect(cursor?.of({ mine: { number: 1, resumeCursor_: 'c3' } })).toBe('c3');
    expect(cursor?.of({ mine: null })).toBeUndefined();
    expect(cursor?.of(null)).toBeUndefined();
  });

  it('keeps a variable that something else needs, and the type of the argument', () => {
    const { query } = source('subscription ($x: ID!) { events(of: $x, after: $x) { number } }', ['x']);
    expect(oneLine(query)).toContain('($x: ID!, $resumeAfter_: String)');
    expect(source('subscription { numbered(after: 3) { number } }').query).toContain('$resumeAfter_: Int!');
  });

  it.each(['subscription { plain(after: "c") }', 'subscription { live { number } }'])(
    'leaves alone what has no cursor: %s',
    (document) => {
      const { query, cursor } = source(document);
      expect(cursor).toBeUndefined();
      expect(oneLine(query)).toBe(document);
    },
  );
});
