import { RequestRefused } from './refused.js';

/** Why a presented credential is refused; `extensions.reason` of the 401 answer. */
export type RefusalReason = keyof typeof messages;

const messages = {
  TOKEN_EXPIRED: 'The access token has expired.',
  TOKEN_INVALID: 'The access token is not valid.',
  SESSION_REVOKED: 'The session has ended.',
  SESSION_STALE: 'The account has changed; refresh the session.',
  KEY_INVALID: 'The API key is not valid.',
  KEY_EXPIRED: 'The API key has expired.',
  KEY_REVOKED: 'The API key was revoked.',
  TWO_CREDENTIALS: 'Send an access token or an API key, not both.',
};

/** A credential that is not good: 401, and never taken for anonymous. */
export class TokenRefused extends RequestRefused {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    const message = messages[reason];
    super({
      status: 401,
      code: 'UNAUTHENTICATED',
      message,
      extensions: { reason },
      // RFC 6750, section 3.1
      headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${message}"` },
    });
    this.name = 'TokenRefused';
    this.reason = reason;
  }
}
