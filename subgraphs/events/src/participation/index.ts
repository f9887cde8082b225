import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createParticipationLoaders, type ParticipationLoaders } from './loaders.js';
export { createAdmission, type Admission } from './admission.js';
export { createLooking, type Looked } from './looking.js';
export type { Queue } from './queue.js';
export {
  assertGuests,
  isWaitlistOpen,
  offerExpiryOf,
  refusalError,
  refusalOf,
  ticketRefusalOf,
  type RegistrationRefusal,
} from './rules.js';
export { createParticipation, type Participation } from './service.js';
export { createTransitions, type Transitions } from './transitions.js';

export const participationSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
