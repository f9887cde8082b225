import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { assertMayRegister } from './rules.js';
export { createPlatformSettings, settingsState, type Platform } from './service.js';

export const platformSettingsSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
