import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createRegistrationFormLoaders, type RegistrationFormLoaders } from './loaders.js';
export { createFormCopies, type FormCopy } from './copying.js';
export { mostGuests, usualSettings, type Settings } from './rules.js';
export {
  createRegistrationForm,
  keepAnswers,
  settingsOf,
  type GivenAnswer,
  type RegistrationForm,
} from './service.js';

export const registrationFormSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url),
  resolvers,
  permissions,
};
