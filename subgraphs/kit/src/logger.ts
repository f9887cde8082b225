import { pino, type DestinationStream, type Logger } from 'pino';
import { logLevel } from './config.js';

export type { Logger };

const secretFields = [
  'password',
  'token',
  'refreshToken',
  'accessToken',
  'secret',
  'authorization',
  'cookie',
  'email',
];

/** What is logged of an error. Other fields, such as PostgreSQL's `detail`, quote the data that was being written. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error, message: messageOf(error) };
  const { type, message, stack, ...rest } = pino.stdSerializers.err(error);
  const code: unknown = rest['code'];
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}

/** Errors of other services arrive as plain objects. */
const messageOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;

/**
 * A JSON logger named after its service. Secrets and personal data that slip in are redacted by field name; of errors
 * only type, message, stack (with those of the causes) and code are written. A level that is none is `info`: that it
 * is none, the configuration says.
 */
export function createLogger(options: {
  name: string;
  level?: string;
  destination?: DestinationStream;
}): Logger {
  return pino(
    {
      name: options.name,
      level: logLevel().catch('info').parse(options.level),
      serializers: { err: serializeError },
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
      base: { service: options.name },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
