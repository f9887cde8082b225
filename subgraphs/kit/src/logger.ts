import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

const secretFields = [
  'password',
  'token',
  'refreshToken',
  'accessToken',
  'code',
  'secret',
  'authorization',
  'cookie',
  'email',
];

/** A JSON logger named after its service. Secrets and personal data that slip in are redacted by field name. */
export function createLogger(options: {
  name: string;
  level?: string;
  destination?: DestinationStream;
}): Logger {
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
      base: { service: options.name },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
