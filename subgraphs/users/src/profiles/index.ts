import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { city, displayName, erasedProfile, languages } from './rules.js';
export { createProfileLoaders } from './loaders.js';
export { createProfiles, profileChanged, type Profiles } from './service.js';
export { assertInvitable } from './invitable.js';
export { maySee } from './visibility.js';

export const profilesSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
