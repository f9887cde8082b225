import { describe, expect, it } from '@jest/globals';
import { loadContentConfig } from './config.js';

const env = {
  PORT: '4003',
  DATABASE_URL: 'postgresql://localhost/content',
  REDIS_URL: 'redis://localhost',
  VIEWER_SECRET: 'a-viewer-secret-for-tests-only-0123456789',
  S3_ENDPOINT: 'http://localhost:9000',
  S3_BUCKET: 'media',
  S3_PRIVATE_BUCKET: 'private',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
};

describe('the configuration', () => {
  it('has defaults for everything that is no address and no secret', () => {
    expect(loadContentConfig(env)).toMatchObject({
      S3_REGION: 'us-east-1',
      S3_FORCE_PATH_STYLE: false,
      MAX_PNG_BYTES: 10_485_760,
      UPLOAD_SECONDS: 900,
      DOWNLOAD_SECONDS: 600,
    });
    expect(loadContentConfig({ ...env, S3_FORCE_PATH_STYLE: 'true' }).S3_FORCE_PATH_STYLE).toBe(true);
  });

  it('names all its faults at once, and no value', () => {
    const broken = { ...env, S3_BUCKET: undefined, S3_ENDPOINT: 's3-secret-host', MAX_GIF_BYTES: '0' };
    const load = () => loadContentConfig(broken);
    expect(load).toThrow(/S3_ENDPOINT[^]*S3_BUCKET[^]*MAX_GIF_BYTES/);
    expect(load).not.toThrow(/s3-secret-host/);
  });
});
