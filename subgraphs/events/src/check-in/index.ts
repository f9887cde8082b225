import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { checkedInCount, hasCheckedIn, usedOf } from './counts.js';
export { createCheckInLists, type CheckInLists } from './lists.js';
export { createCheckInLoaders, presenceKey, type CheckInLoaders } from './loaders.js';
export { createCheckIn, type CheckInService } from './service.js';
export {
  registrationSource,
  type Admission,
  type AdmissionSource,
  type Held,
  type Shown,
} from './sources.js';
export { createStewards, type Stewards } from './stewards.js';

export const checkInSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
