import { readTypeDefs, type Slice } from '@diaspora/kit';
import { permissions } from './permissions.js';
import { resolvers } from './resolvers.js';

export { createAdvancing } from './advancing.js';
export { createErasures, type Erasures } from './erasures.js';
export { createDataExports, type DataExports } from './exports.js';
export { createPrivacyMails } from './mails.js';
export { folderOf, type DataExportWithParts, type ErasureWithParts } from './rules.js';

export const privacySlice: Slice = { typeDefs: readTypeDefs(import.meta.url), resolvers, permissions };
