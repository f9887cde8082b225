import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createMailer } from './mailer.js';

const mail = { to: 'ana@example.org', subject: 'Code', text: '123456' };

/** An SMTP server that refuses every recipient, naming it as real ones do. */
async function refusingServer() {
  const server = createServer((socket) => {
    socket.write('220 mail.example\r\n');
    socket.on('data', (chunk) => {
      const refusal = '550 5.1.1 <ana@example.org>: no such user here\r\n';
      socket.write(chunk.toString().startsWith('RCPT') ? refusal : '250 ok\r\n');
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

describe('the mailer', () => {
  it('says why a mail was not taken, and not to whom it was going', async () => {
    const server = await refusingServer();
    const sending = createMailer({ url: server.url, from: 'no-reply@example.org' }).send(mail);
    const error = await sending.catch((reason: unknown) => reason as Error);
    server.stop();
    expect(error).toMatchObject({ message: expect.stringMatching(/EENVELOPE, answer 550/) });
    expect(JSON.stringify([String(error), (error as Error).stack, error])).not.toContain('ana@');
  });

  it('rejects when there is no server', async () => {
    const mailer = createMailer({ url: 'smtp://127.0.0.1:1', from: 'no-reply@example.org' });
    await expect(mailer.send(mail)).rejects.toThrow('did not take a mail (ESOCKET');
  });
});
