import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { accessSettings } from './settings.js';

const parse = (env: Record<string, string>) => z.object(accessSettings).safeParse(env);

describe('access settings', () => {
  it.each([
    ['PERSISTED_DOCUMENTS_MODE', 'log', { anonymous: 'log', firstParty: 'log', partner: 'log' }],
    [
      'PERSISTED_DOCUMENTS_MODE',
      'firstParty=require, partner=enforce',
      { anonymous: 'off', firstParty: 'require', partner: 'enforce' },
    ],
    [
      'PERSISTED_DOCUMENTS_MODE',
      'require,anonymous=log',
      { anonymous: 'log', firstParty: 'require', partner: 'require' },
    ],
    ['APQ', 'firstParty', ['firstParty']],
    ['APQ', ' ', []],
    ['APQ_BYTES', '0', 0],
  ] as const)('%s=%s', (name, text, value) => {
    expect(parse({ [name]: text }).data?.[name]).toEqual(value);
  });

  it.each([
    ['PERSISTED_DOCUMENTS_MODE', 'enforced'],
    ['PERSISTED_DOCUMENTS_MODE', 'partners=enforce'],
    ['APQ', 'everybody'],
    ['AUTHORIZATION_MODE', 'off'],
    ['JWKS_URL', 'file:///etc/passwd'],
  ])('refuses %s=%s', (name, text) => {
    expect(parse({ [name]: text }).success).toBe(false);
  });
});
