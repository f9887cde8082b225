import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createParticipationLoaders, type ParticipationLoaders } from './loaders.js';
export { createParticipation, type Participation } from './service.js';

export const participationSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
