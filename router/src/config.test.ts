import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const good = {
  JWKS_URL: 'http://127.0.0.1:4001/.well-known/jwks.json',
  JWT_ISSUER: 'https://issuer.test',
  JWT_AUDIENCE: 'router.test',
  VIEWER_SECRET: 'x'.repeat(32),
  REDIS_URL: 'redis://127.0.0.1:6379',
};

describe('readConfig', () => {
  it('has defaults for what may be left out', () => {
    expect(readConfig(good)).toMatchObject({
      PORT: 4000,
      LANDING: 'none',
      INTROSPECTION: false,
      SUBGRAPH_URLS: {},
    });
  });

  it('reads subgraph addresses and origins', () => {
    const config = readConfig({
      ...good,
      SUBGRAPH_URLS: 'users=http://127.0.0.1:4001, events=http://127.0.0.1:4002/graphql',
      CORS_ORIGINS: 'https://a.example,https://b.example:8443',
    });
    expect(config.SUBGRAPH_URLS).toEqual({
      users: 'http://127.0.0.1:4001',
      events: 'http://127.0.0.1:4002/graphql',
    });
    expect(config.CORS_ORIGINS).toEqual(['https://a.example', 'https://b.example:8443']);
  });

  it('names every fault at once, and never a value that may be secret', () => {
    const read = () =>
      readConfig({
        ...good,
        PORT: 'x',
        VIEWER_SECRET: 'short-secret',
        SUBGRAPH_URLS: 'users',
        CORS_ORIGINS: '*',
        LANDING: 'x',
      });
    expect(read).toThrow(/PORT.*VIEWER_SECRET|VIEWER_SECRET.*PORT/s);
    expect(read).toThrow(/SUBGRAPH_URLS: "users" must look like/);
    expect(read).toThrow(/CORS_ORIGINS/);
    expect(read).toThrow(/LANDING/);
    expect(read).not.toThrow(/short-secret/);
  });
});
