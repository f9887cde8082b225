import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { eventSnapshot } from './announcements.js';
export { createCompletion } from './completion.js';
export { assertProgramFits } from './agenda.js';
export { createDeleting } from './deleting.js';
export { applyChanges } from './changes.js';
export { createOrphans, type Orphans } from './orphans.js';
export { assertMayOrganize, eventChanges } from './rules.js';
export { assertOpen, createSteps, type Steps } from './steps.js';
export { createOrganizing, type Organizing } from './service.js';

export const organizingSlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
