import { describe, expect, it } from '@jest/globals';
import { readAccept, readContentType } from './media-types.js';

const json = 'application/json; charset=utf-8';
const response = 'application/graphql-response+json; charset=utf-8';

describe('Accept', () => {
  const cases: [string, string | undefined, boolean][] = [
    ['*/*', json, false],
    ['application/*', json, false],
    ['application/json', json, true],
    ['application/graphql-response+json', response, false],
    ['application/graphql-response+json, application/json;q=0.9', response, false],
    ['application/json;q=0.5, application/graphql-response+json;q=0.6', response, false],
    ['Application/JSON', json, true],
    ['application/json;q=0', undefined, false],
    ['text/html, */*;q=0.1', json, false],
    ['text/html', undefined, false],
    ['', undefined, false],
    // What every object has a property of.
    ['constructor, __proto__', undefined, false],
  ];
  it.each(cases)('%j is answered with %s', (accept, contentType, isLegacy) => {
    expect(readAccept(accept)).toEqual({ contentType, isLegacy, stream: undefined });
  });

  it.each([
    ['text/event-stream', 'event-stream', undefined],
    ['multipart/mixed;subscriptionSpec=1.0, application/json', 'multipart', json],
    ['application/json, text/event-stream', 'event-stream', json],
  ])('%j takes a stream', (accept, stream, contentType) => {
    expect(readAccept(accept)).toMatchObject({ stream, contentType });
  });
});

describe('Content-Type', () => {
  it.each([
    ['application/json', { type: 'application/json', charset: undefined }],
    ['Application/JSON; Charset="UTF-8"', { type: 'application/json', charset: 'utf-8' }],
    ['text/plain;charset=latin1', { type: 'text/plain', charset: 'latin1' }],
  ])('%j', (header, expected) => {
    expect(readContentType(header)).toEqual(expected);
  });
});
