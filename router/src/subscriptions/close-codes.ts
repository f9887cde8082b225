/**
 * Why the router closes a WebSocket: one code for each violation. The name is the close frame's reason, and the code of
 * the error in event streams, which have no close frame. 1012 is of the registry of RFC 6455; 4400 to 4429 are those of
 * the graphql-transport-ws protocol; the others are ours. Libraries connect again after 1012, 4403, 4408, 4430 and 4497
 * to 4499, and not after the others.
 */
export const closeCodes = {
  /** The router stops. Connect again (another one answers) and resume with the last cursor. */
  SERVICE_RESTART: 1012,
  /** A message that is not of the protocol. */
  BAD_MESSAGE: 4400,
  /** An operation before `connection_init` was acknowledged, or a credential that is not good. */
  UNAUTHENTICATED: 4401,
  /** The router cannot tell now whether the credential is good. Connect again. */
  IDENTITY_UNAVAILABLE: 4403,
  /** No `connection_init` in time. */
  INIT_TIMEOUT: 4408,
  /** Two operations under one id at the same time. */
  DUPLICATE_ID: 4409,
  /** A second `connection_init`. */
  DUPLICATE_INIT: 4429,
  /** More connections than one caller, or all together, may have. */
  TOO_MANY_CONNECTIONS: 4430,
  /** The session was ended or the account has changed: refresh it, connect again. */
  SESSION_REVOKED: 4497,
  /** The credential has expired: connect again with a fresh one. */
  TOKEN_EXPIRED: 4498,
  /** The client reads more slowly than its events come. Connect again and resume with the last cursor. */
  SLOW_CONSUMER: 4499,
  /** A fault of the router. */
  INTERNAL: 4500,
} as const;

export type CloseReason = keyof typeof closeCodes;

/** For clients that get an error instead of a close frame. */
export const closeMessages: Readonly<Record<CloseReason, string>> = {
  SERVICE_RESTART: 'The router restarts. Subscribe again.',
  BAD_MESSAGE: 'The message is not valid.',
  UNAUTHENTICATED: 'The credential is not good.',
  IDENTITY_UNAVAILABLE: 'The credential cannot be verified right now.',
  INIT_TIMEOUT: 'The connection was not initialised in time.',
  DUPLICATE_ID: 'An operation of this id is running.',
  DUPLICATE_INIT: 'The connection is initialised already.',
  TOO_MANY_CONNECTIONS: 'There are too many connections.',
  SESSION_REVOKED: 'The session has ended.',
  TOKEN_EXPIRED: 'The credential has expired.',
  SLOW_CONSUMER: 'Events were read too slowly. Subscribe again from the last cursor.',
  INTERNAL: 'Internal error',
};
