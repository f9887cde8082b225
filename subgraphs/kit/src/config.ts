import { z } from 'zod';

/** Raised once with every fault of the environment, one line each. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(`Configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads configuration from an environment-like record. Pure: `env` is an argument.
 * Empty strings count as unset. Throws one ConfigError that names all faults; values are never printed.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = z.object(shape).safeParse(present);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** A TCP port, 1 to 65535. */
export const port = () => z.coerce.number().int().min(1).max(65_535);

/** A URL of one of the given schemes (without colon). */
export const url = (...schemes: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
      message: `must be a URL starting with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    });

/** A secret of at least 32 characters. */
export const secret = () => z.string().min(32, 'must have at least 32 characters');

/** Comma-separated words. */
export const list = () =>
  z.string().transform((value) =>
    value
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  );

/** `on`/`off`, `true`/`false`, `1`/`0`. */
export const flag = () =>
  z.enum(['on', 'off', 'true', 'false', '1', '0']).transform((value) => ['on', 'true', '1'].includes(value));

export const logLevel = () => z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']);

/** What every subgraph is configured by; a subgraph adds its own keys. */
export const subgraphConfigShape = {
  PORT: port(),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: url('postgresql', 'postgres'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(10),
  REDIS_URL: url('redis', 'rediss'),
  REDIS_NAMESPACE: z.string().default('diaspora'),
  VIEWER_SECRET: secret(),
  LOG_LEVEL: logLevel().default('info'),
};

/** Where a service reaches itself. */
export function ownUrl({ HOST, PORT }: { HOST: string; PORT: number }): string {
  const host = ['0.0.0.0', '::'].includes(HOST) ? '127.0.0.1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
}

export type SubgraphConfig = z.output<z.ZodObject<typeof subgraphConfigShape>>;
