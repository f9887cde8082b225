import { anyone, type PermissionMap } from '@diaspora/kit';

/** Open to visitors; what they see is decided by `visiblePosts`. */
export const permissions: PermissionMap = { Query: { feed: anyone } };
