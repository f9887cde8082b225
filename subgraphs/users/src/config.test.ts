import { describe, expect, it } from '@jest/globals';
import { privateStoreEnvironment } from '@diaspora/kit/testing';
import { loadUsersConfig } from './config.js';

const env = {
  ...privateStoreEnvironment,
  PORT: '4001',
  DATABASE_URL: 'postgresql://localhost/users',
  REDIS_URL: 'redis://localhost',
  VIEWER_SECRET: 'a-viewer-secret-for-tests-only-0123456789',
  TOKEN_SECRET: 'a-token-secret-for-tests-only-0123456789',
  SMTP_URL: 'smtp://localhost',
};
const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'hush',
  TWILIO_FROM: '+15005550006',
};

describe('the configuration', () => {
  it('wants addresses and secrets, and nothing for text messages', () => {
    expect(loadUsersConfig(env)).toMatchObject({ ACCESS_TOKEN_SECONDS: 900, SUPER_USER_EMAILS: [] });
    expect(() => loadUsersConfig({})).toThrow(/DATABASE_URL[^]*SMTP_URL[^]*TOKEN_SECRET/);
  });

  it.each(['+15005550006', `MG${'a'.repeat(32)}`, 'Diaspora'])('takes texts from %s', (sender) => {
    expect(loadUsersConfig({ ...env, ...twilio, TWILIO_FROM: sender }).TWILIO_FROM).toBe(sender);
  });

  it.each(['015005550006', 'MGabc-1', 'A name that is long', '12345', 'Zürich'])(
    'takes no texts from %s',
    (sender) => {
      expect(() => loadUsersConfig({ ...env, ...twilio, TWILIO_FROM: sender })).toThrow(
        'TWILIO_FROM: must be',
      );
    },
  );

  it.each(Object.keys(twilio))('wants all of Twilio or none: %s is missing', (name) => {
    const load = () => loadUsersConfig({ ...env, ...twilio, [name]: undefined });
    expect(load).toThrow(`${name}: wanted beside TWILIO_`);
    expect(load).not.toThrow(/hush/);
  });

  it('sends texts one way: by Twilio or into a mailbox', () => {
    const mailbox = { SMS_MAILBOX: 'sms@diaspora.example' };
    expect(loadUsersConfig({ ...env, ...mailbox }).SMS_MAILBOX).toBe('sms@diaspora.example');
    expect(() => loadUsersConfig({ ...env, ...twilio, ...mailbox })).toThrow('SMS_MAILBOX: not beside');
  });
});

describe('the providers of identities', () => {
  const entry = { preset: 'google', clientId: 'id', clientSecret: 'hush' };
  const acme = { key: 'acme', name: 'Acme', issuer: 'https://id.acme.example', clientId: 'id' };
  const way = 'https://app.example/signed-in';
  const load = (providers: unknown, redirects = way) => {
    const OIDC_PROVIDERS = typeof providers === 'string' ? providers : JSON.stringify(providers);
    return loadUsersConfig({ ...env, OIDC_PROVIDERS, OIDC_REDIRECT_URIS: redirects });
  };

  it('are none by default, those that are known by preset, and any other', () => {
    expect(loadUsersConfig(env).OIDC_PROVIDERS).toEqual([]);
    const presets = ['google', 'facebook', 'linkedin'].map((preset) => ({ ...entry, preset }));
    const { OIDC_PROVIDERS: known } = load([...presets, { ...acme, clientSecret: 'hush' }]);
    expect(known.map(({ key }) => key)).toEqual(['google', 'facebook', 'linkedin', 'acme']);
    expect(known[0]).toMatchObject({ issuer: 'https://accounts.google.com', emailDomains: ['*'], omits: [] });
    // Whose word on addresses counts is for the operator to say.
    expect(known[3]).toMatchObject({ emailDomains: [], algorithm: 'RS256', omits: [] });
  });

  it.each([
    ['what is no JSON', '[{"clientSecret":"hush"', /OIDC_PROVIDERS: must be JSON/],
    ['all faults at once', [{ ...acme, key: 'A C' }], /0\.key[^]*0\.clientSecret/],
    ['an issuer without TLS', [{ ...acme, clientSecret: 'hush', issuer: 'http://id.example' }], /0\.issuer/],
    ['what it does not know', [{ ...entry, clientSecrets: 'hush' }], /clientSecrets/],
    ['one key twice', [entry, entry], /OIDC_PROVIDERS: must have a key/],
    ['an unknown preset', [{ ...entry, preset: 'acme' }], /0\.preset/],
  ])('are refused with %s, and no secret is told', (_name, providers, message) => {
    expect(() => load(providers)).toThrow(message);
    expect(() => load(providers)).not.toThrow(/hush/);
  });

  it.each(['org.diaspora.app:/signed-in', 'http://127.0.0.1:3000/back', way])(
    'send people back to %s',
    (uri) => {
      expect(load([entry], uri).OIDC_REDIRECT_URIS).toEqual([uri]);
    },
  );

  it.each([
    'http://app.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'myapp:/x',
    `${way}#x`,
    'nonsense',
  ])('send nobody back to %s', (uri) => {
    expect(() => load([entry], uri)).toThrow(/OIDC_REDIRECT_URIS/);
  });

  it('want a way back', () => {
    expect(() => load([entry], '')).toThrow('OIDC_REDIRECT_URIS: wanted beside OIDC_PROVIDERS');
  });
});
