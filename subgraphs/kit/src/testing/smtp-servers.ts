import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface TestSmtpServer {
  readonly url: string;
  /** To whom the mails went that it said it had. */
  readonly taken: string[];
  stop(): Promise<void>;
}

const urlOf = (server: Server) => `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A whole SMTP server, which takes everything unless its options say otherwise. */
export async function startSmtpServer(options: SMTPServerOptions = {}): Promise<TestSmtpServer> {
  const taken: string[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], disableReverseLookup: true, closeTimeout: 100 },
    onData: (stream, { envelope }, done) =>
      void stream.toArray().then(() => {
        taken.push(envelope.rcptTo[0]!.address);
        done();
      }, done),
    ...options,
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return { url: urlOf(server.server), taken, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** How far a server comes: to that command, into the mail, or to its end, which it does not confirm. */
type Death = 'GREETING' | 'EHLO' | 'RCPT' | 'MIDDLE' | 'END';

/** One that drops the connection, as a process does that is killed. */
export async function startDyingSmtpServer(death: Death): Promise<TestSmtpServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (death === 'GREETING') socket.destroy();
    else converse(socket, death);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: urlOf(server), taken: [], stop };
}

function converse(socket: Socket, death: Death): void {
  let isBody = false;
  let body = '';
  socket.write('220 mail.example\r\n');
  socket.on('data', (chunk) => {
    if (isBody) {
      body += chunk.toString();
      if (death === 'MIDDLE' || body.endsWith('\r\n.\r\n')) socket.destroy();
      return;
    }
    for (const command of chunk.toString().trim().split('\r\n')) {
      if (command.startsWith(death)) return void socket.destroy();
      isBody = command === 'DATA';
      socket.write(isBody ? '354 go on\r\n' : '250 ok\r\n');
    }
  });
}

type Refusal = (what: unknown, session: unknown, done: (error: Error) => void) => void;

/** For `onMailFrom` and `onRcptTo` of a server. */
export const refusing =
  (responseCode: number, message = 'no'): Refusal =>
  (_what, _session, done) =>
    done(Object.assign(new Error(message), { responseCode }));

/** For `onData`: once it has the whole mail. */
export const refusingAfterwards =
  (responseCode: number): SMTPServerOptions['onData'] =>
  (stream, session, done) =>
    void stream.toArray().then(() => refusing(responseCode)(stream, session, done), done);
