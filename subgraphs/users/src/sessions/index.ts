import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createAccessTokens, type AccessToken, type IssueAccessToken } from './access-tokens.js';
export { answerSignIn } from './answers.js';
export { addMethod } from './methods.js';
export type { SecondFactor } from './second-factor.js';
export type { Ends } from './ends.js';
export { createSessions, type Sessions } from './service.js';
export { assertSignedInRecently } from './recent.js';
export { clockMarginSeconds } from './rules.js';
export type { SignedIn, SignIn, SignInAs } from './sign-in.js';
export { createIssueAccess, type IssueAccess } from './tokens.js';
export { createTokenKeys } from './signing-keys.js';

export const sessionsSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
