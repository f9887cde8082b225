import { SMTPServer } from 'smtp-server';
import type { Envelope } from './mail-store.js';

const maxMailBytes = 25 * 2 ** 20;

export type SmtpDependencies = {
  deliver: (raw: Buffer, envelope: Envelope) => Promise<unknown>;
  onError: (error: unknown) => void;
};

/** Takes every mail for everyone, from any user with any password. Nothing leaves this machine. */
export function createSmtpServer({ deliver, onError }: SmtpDependencies): SMTPServer {
  const server = new SMTPServer({
    banner: 'mails end here',
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: maxMailBytes,
    closeTimeout: 500,
    onAuth: (_auth, _session, callback) => callback(null, { user: 'anyone' }),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          callback(Object.assign(new Error('The mail is too large'), { responseCode: 552 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
        deliver(Buffer.concat(chunks), envelope).then(
          () => callback(null, 'Kept'),
          (error: unknown) => {
            onError(error);
            callback(Object.assign(new Error('The mail could not be kept'), { responseCode: 451 }));
          },
        );
      });
    },
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    // A client that goes away is its own affair; a port that is taken is told to who asked to listen.
    if (!['ECONNRESET', 'EPIPE', 'EADDRINUSE'].includes(error.code ?? '')) onError(error);
  });
  return server;
}
