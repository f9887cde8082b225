import { anyone, carriers, type PermissionMap } from '@diaspora/kit';
import { nodeTypenames } from './rules.js';

/** References say nothing; their owners answer fields with the viewer's rights. */
export const permissions: PermissionMap = {
  Query: { node: anyone, nodes: anyone },
  ...carriers(...nodeTypenames),
};
