import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { sessionIds } from '../ids.js';

/** A refresh token that we have made. */
export interface RefreshToken {
  readonly sessionId: string;
  /** 0 at sign-in, one more with each exchange. */
  readonly generation: number;
  readonly body: string;
}

export type RefreshTokens = ReturnType<typeof createRefreshTokens>;

/** SHA-256: what is kept of a token. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Refresh tokens: `<session>.<generation>.<body>.<tag>`. The tag (HMAC) tells a token that was ours once from garbage, so
 * that only the former can be a replay; a stranger who has seen the id of a session ends nothing. The body of the first
 * is drawn, each later one is derived from its predecessor: a repeated exchange answers the same, and no token is kept.
 */
export function createRefreshTokens(secret: string) {
  const hmac = (use: string, text: string) => createHmac('sha256', secret).update(`${use}:${text}`).digest();

  const unsigned = ({ sessionId, generation, body }: RefreshToken): string =>
    `${sessionIds.encode(sessionId)}.${generation}.${body}`;

  const tagOf = (text: string): Buffer => hmac('refresh-tag', text).subarray(0, 16);

  return {
    first: (sessionId: string): RefreshToken => ({
      sessionId,
      generation: 0,
      body: randomBytes(32).toString('base64url'),
    }),
    successorOf: (token: RefreshToken): RefreshToken => ({
      sessionId: token.sessionId,
      generation: token.generation + 1,
      body: hmac('refresh', unsigned(token)).toString('base64url'),
    }),
    write: (token: RefreshToken): string => {
      const text = unsigned(token);
      return `${text}.${tagOf(text).toString('base64url')}`;
    },
    /** Undefined for everything that is not a token of ours, of whatever age. */
    read: (text: string): RefreshToken | undefined => {
      const [, session, generation, body, tag] = form.exec(text) ?? [];
      const sessionId = session === undefined ? null : sessionIds.find(session);
      if (sessionId === null || !body || !tag) return undefined;
      const token = { sessionId, generation: Number(generation), body };
      const expected = tagOf(unsigned(token));
      const given = Buffer.from(tag, 'base64url');
      return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
    },
  };
}

const form = /^(ses_\w{26})\.(0|[1-9]\d{0,8})\.([\w-]{43})\.([\w-]{22})$/;
