import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createMediaGrants, type MediaGrants } from './media-grants.js';
export { assertReferences } from './references.js';
export {
  bodyHashOf,
  forwardHashOf,
  bodyOf,
  keyOf,
  longestText,
  messageBody,
  nothingSaid,
  passedOn,
  sameMessage,
  saysSomething,
  type MessageBody,
} from './rules.js';

export const messageContentSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
