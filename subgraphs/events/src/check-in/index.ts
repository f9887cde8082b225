import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { checkedInCount, hasCheckedIn } from './counts.js';
export { createCheckInLists, type CheckInLists } from './lists.js';
export { createCheckInLoaders, type CheckInLoaders } from './loaders.js';
export { createCheckIn, type CheckInService } from './service.js';
export { registrationSource, type Admission, type AdmissionSource, type Held } from './sources.js';
export { createStewards, type Stewards } from './stewards.js';

export const checkInSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
