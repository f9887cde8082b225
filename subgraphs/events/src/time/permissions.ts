import { carriers, type PermissionMap } from '@diaspora/kit';

export const permissions: PermissionMap = carriers('ZonedTime');
