import { AppError, verifyViewer, VIEWER_HEADER, type Origin } from '@diaspora/kit';
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import type { ApiKeys } from './api-keys.js';
import type { ServiceTokens, TokenRequest } from './service-tokens.js';

interface Dependencies {
  readonly tokens: ServiceTokens;
  readonly apiKeys: Pick<ApiKeys, 'find'>;
  /** What the router signs with. */
  readonly viewerSecret: string;
}

/** The doors of programs: tokens for service accounts, and, for routers, whose a key is. */
export const clientRoutes =
  ({ tokens, apiKeys, viewerSecret }: Dependencies) =>
  (app: Express): void => {
    app.post('/oauth/token', express.urlencoded({ extended: false, limit: '8kb' }), (request, response) =>
      answerToken(tokens, request, response),
    );

    app.post('/internal/api-keys', express.json({ limit: '1kb' }), async (request, response) => {
      verifyViewer(request.header(VIEWER_HEADER), { secret: viewerSecret });
      const asked = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).safeParse(request.body);
      const key = asked.success ? await apiKeys.find(asked.data.sha256) : undefined;
      response.status(key ? 200 : 404).json(key ?? { error: 'unknown' });
    });
  };

/** Services call from their own network: the address is that of the socket. */
const originOf = (request: Request): Origin => ({
  address: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null,
  userAgent: request.header('user-agent')?.slice(0, 256) ?? null,
});

/** RFC 6749, 5.2 */
type TokenFault =
  | 'invalid_request'
  | 'invalid_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'temporarily_unavailable';

async function answerToken(tokens: ServiceTokens, request: Request, response: Response): Promise<void> {
  response.set({ 'cache-control': 'no-store', pragma: 'no-cache' });
  const asked = readRequest(request);
  if (typeof asked === 'string') return refuse(response, asked);
  try {
    const { accessToken, expiresInSeconds, scopes } = await tokens.issue(asked, originOf(request));
    response.json({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      scope: scopes.join(' '),
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { retryAfterSeconds } = error.details;
    if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
    refuse(response, faults[error.code] ?? 'invalid_request');
  }
}

const faults: Readonly<Record<string, TokenFault>> = {
  CLIENT_UNKNOWN: 'invalid_client',
  SCOPE_REFUSED: 'invalid_scope',
  RATE_LIMITED: 'temporarily_unavailable',
};

function refuse(response: Response, error: TokenFault): void {
  if (error === 'invalid_client') response.set('www-authenticate', 'Basic realm="token", charset="UTF-8"');
  const status = { invalid_client: 401, temporarily_unavailable: 429 }[error as string] ?? 400;
  response.status(status).json({ error });
}

const parameters = z.looseObject({
  grant_type: z.string(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
});

/** Of one way to show who asks; a parameter that comes twice, or two ways at once, are an invalid request. */
function readRequest(request: Request): TokenRequest | TokenFault {
  const parsed = parameters.safeParse(request.body);
  if (!parsed.success) return 'invalid_request';
  const { grant_type: grantType, scope, client_id: id, client_secret: secret } = parsed.data;
  if (grantType !== 'client_credentials') return 'unsupported_grant_type';
  const header = request.header('authorization');
  if (header !== undefined && secret !== undefined) return 'invalid_request';
  const shown = header === undefined ? { id, secret } : readBasic(header);
  if (!shown?.id || !shown.secret) return 'invalid_client';
  if (id !== undefined && id !== shown.id) return 'invalid_request';
  return { clientId: shown.id, clientSecret: shown.secret, scope };
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are put together. */
function readBasic(header: string): { id: string; secret: string } | undefined {
  const [, encoded = ''] = /^Basic +([\w+/=-]+) *$/i.exec(header) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  try {
    return { id: formDecoded(id), secret: formDecoded(secret) };
  } catch {
    return undefined;
  }
}

const formDecoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
