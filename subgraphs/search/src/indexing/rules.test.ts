import { describe, expect, it } from '@jest/globals';
import { idType } from '@diaspora/kit';
import { aPost, aProfile, anEvent } from '../testing/given.js';
import { eventDocument, personDocument, postDocument, tombstone, type Source } from './rules.js';

const source = (kind: Source['kind']): Source => ({
  kind,
  entityKey: idType('x').create(),
  sourceVersion: 3,
});

describe('what the index keeps', () => {
  it.each([
    ['PUBLISHED', 'PUBLIC', false],
    ['PUBLISHED', 'MEMBERS', false],
    ['PUBLISHED', 'UNLISTED', true],
    ['PUBLISHED', 'PRIVATE', true],
    ['DRAFT', 'PUBLIC', true],
    ['CANCELLED', 'PUBLIC', true],
    ['COMPLETED', 'PUBLIC', true],
  ] as const)('of an event that is %s and %s is deleted: %s', (status, visibility, isDeleted) => {
    const from = source('EVENT');
    const document = eventDocument(from, anEvent({ status, visibility }));
    expect(document.isDeleted).toBe(isDeleted);
    expect(isDeleted ? document : null).toEqual(isDeleted ? tombstone(from) : null);
  });

  it('of a person who does not want to be found is nothing but a tombstone', () => {
    const from = source('PERSON');
    const hidden = aProfile({ isDiscoverable: false, displayName: 'Ana', city: 'Cluj' });
    expect(personDocument(from, hidden)).toEqual(tombstone(from));
  });

  it('of a person is for members only', () => {
    expect(personDocument(source('PERSON'), aProfile())).toMatchObject({
      isDeleted: false,
      visibility: 'MEMBERS',
    });
  });

  it('folds cities and tags, and leaves regions out of languages', () => {
    const event = anEvent({ city: '  BUCUREȘTI ', tags: ['Jazz', '#JAZZ'], language: 'pt-BR' });
    expect(eventDocument(source('EVENT'), event)).toMatchObject({
      cityKey: 'bucuresti',
      tags: ['jazz'],
      languages: ['pt'],
      configuration: 'search_portuguese',
    });
  });

  it('reads a language without a stemmer word by word', () => {
    expect(postDocument(source('POST'), aPost({ language: 'zh-Hant' })).configuration).toBe('search_simple');
  });
});
