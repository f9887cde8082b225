/** Providers as they are, where that differs from what OpenID Connect says or can be found by discovery. */
export const presets = {
  google: {
    name: 'Google',
    issuer: 'https://accounts.google.com',
    emailDomains: ['*'],
  },
  /**
   * Without discovery of its token endpoint, and without a word on whether an address is proved: it never leads into an
   * account by its address, and new people prove theirs by a code ("OIDC Token with Manual Flow" of its documentation).
   */
  facebook: {
    name: 'Facebook',
    issuer: 'https://www.facebook.com',
    authentication: 'post',
    scopes: ['openid', 'email', 'public_profile'],
    endpoints: {
      authorization: 'https://www.facebook.com/v23.0/dialog/oauth',
      token: 'https://graph.facebook.com/v23.0/oauth/access_token',
      jwks: 'https://www.facebook.com/.well-known/oauth/openid/jwks/',
    },
  },
  /** Its tokens carry no nonce, and a verifier makes its token endpoint refuse the client. */
  linkedin: {
    name: 'LinkedIn',
    issuer: 'https://www.linkedin.com/oauth',
    authentication: 'post',
    scopes: ['openid', 'profile', 'email'],
    emailDomains: ['*'],
    omits: ['nonce', 'pkce'],
  },
} as const;
