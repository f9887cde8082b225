import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { OrganizationGrant, OrganizationRole } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { visibleTo } from '../organizations/index.js';

/** Of the viewer's organizations only. Which grants a viewer is shown is decided where they are listed. */
export interface GrantLoaders {
  readonly organizationRole: Loader<string, OrganizationRole | null>;
  readonly rolesOfOrganization: Loader<string, OrganizationRole[]>;
  readonly organizationGrant: Loader<string, OrganizationGrant | null>;
  readonly grantsOfMember: Loader<string, OrganizationGrant[]>;
  /** First pages of what was granted at places. For whoever permissions.ts lets see them. */
  readonly firstGrantsAt: (page: FirstPage) => Loader<string, OrganizationGrant[]>;
}

export function createGrantLoaders(db: Db, viewer: Viewer | null): GrantLoaders {
  const own = { organization: visibleTo(viewer?.id ?? null) };
  return {
    organizationRole: createRowLoader(
      (ids) => db.organizationRole.findMany({ where: { id: { in: [...ids] }, ...own } }),
      (role) => role.id,
    ),
    rolesOfOrganization: createGroupLoader(
      (ids) =>
        db.organizationRole.findMany({
          where: { organizationId: { in: [...ids] }, ...own },
          orderBy: [{ nameKey: 'asc' }, { id: 'asc' }],
        }),
      (role) => role.organizationId,
    ),
    organizationGrant: createRowLoader(
      (ids) => db.organizationGrant.findMany({ where: { id: { in: [...ids] }, ...own } }),
      (grant) => grant.id,
    ),
    grantsOfMember: createGroupLoader(
      (ids) =>
        db.organizationGrant.findMany({
          where: { memberId: { in: [...ids] }, ...own },
          orderBy: { id: 'asc' },
        }),
      (grant) => grant.memberId,
    ),
    firstGrantsAt: createFirstPageLoaders(
      firstRows(db, { table: 'organization_grants', parent: 'node_id' }, (rows) =>
        db.organizationGrant.findMany(rows),
      ),
      (grant: OrganizationGrant) => grant.nodeId,
    ),
  };
}
