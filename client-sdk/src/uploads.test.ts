import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, InvalidInputError, UserInputError, type Client } from './index.js';
import { data, startServer, userError, type TestServer } from './testing/start-server.js';

const photo = new Blob(['not really a picture'], { type: 'image/png' });
const media = {
  id: 'med_1',
  status: 'PENDING',
  contentType: 'image/png',
  sizeBytes: 20,
  rejection: null,
  url: null,
};

let server: TestServer;
let client: Client;
beforeEach(async () => {
  server = await startServer({});
  client = createClient({ url: server.url });
  const fields = [
    { name: 'key', value: 'photos/1' },
    { name: 'policy', value: 'signed' },
  ];
  server.answers['RequestUpload'] = () => {
    const upload = { url: `${server.origin}/store`, fields, expiresAt: '2026-03-01T18:00:00.000Z', media };
    return data({ requestUpload: { upload, userErrors: [] } });
  };
  server.answers['/store'] = () => ({ status: 204, body: '' });
  server.answers['CompleteUpload'] = () =>
    data({ completeUpload: { media: { ...media, status: 'READY' }, userErrors: [] } });
});
afterEach(() => server.stop());

describe('uploads.photo', () => {
  it('requests a form, posts the file after its fields and completes the upload', async () => {
    expect(await client.uploads.photo(photo, { key: 'key-1' })).toMatchObject({
      id: 'med_1',
      status: 'READY',
    });
    const [requested, posted, completed] = server.calls;
    expect(requested?.variables).toEqual({
      input: { contentType: 'image/png', sizeBytes: 20, idempotencyKey: 'key-1' },
    });
    const names = [...posted!.text.matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
    expect(names).toEqual(['key', 'policy', 'file']);
    expect(posted?.text).toContain('not really a picture');
    expect(completed?.variables).toEqual({ input: { mediaId: 'med_1' } });
  });

  it('sends no token to the store', async () => {
    await client.uploads.photo(photo);
    expect(server.named('/store')[0]?.accessToken).toBeUndefined();
  });

  it('refuses what the server does not let in', async () => {
    const userErrors = [userError('INVALID_INPUT')];
    server.answers['RequestUpload'] = () => data({ requestUpload: { upload: null, userErrors } });
    await expect(client.uploads.photo(photo)).rejects.toThrow(UserInputError);
    expect(server.calls).toHaveLength(1);
  });

  it('completes nothing that the store did not take', async () => {
    server.answers['/store'] = () => ({ status: 403, body: '<Error/>' });
    await expect(client.uploads.photo(photo)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(server.named('CompleteUpload')).toEqual([]);
  });

  it('says why a file was not taken', async () => {
    const rejected = { ...media, status: 'REJECTED', rejection: 'WRONG_TYPE' };
    server.answers['CompleteUpload'] = () => data({ completeUpload: { media: rejected, userErrors: [] } });
    const answer = client.uploads.photo(photo);
    await expect(answer).rejects.toThrow(InvalidInputError);
    await expect(answer).rejects.toMatchObject({ reason: 'WRONG_TYPE' });
  });
});
