import {
  createFirstPageLoaders,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { OrganizationMember } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { visibleTo } from '../organizations/index.js';

/** Of the viewer's organizations only. */
export interface MemberLoaders {
  readonly organizationMember: Loader<string, OrganizationMember | null>;
  /** The viewer as a member, by organization. */
  readonly viewerMembership: Loader<string, OrganizationMember | null>;
  readonly firstMembersOf: (page: FirstPage) => Loader<string, OrganizationMember[]>;
}

export function createMemberLoaders(db: Db, viewer: Viewer | null): MemberLoaders {
  const viewerId = viewer?.id ?? null;
  return {
    organizationMember: createRowLoader(
      (ids) =>
        db.organizationMember.findMany({
          where: { id: { in: [...ids] }, organization: visibleTo(viewerId) },
        }),
      (member) => member.id,
    ),
    viewerMembership: createRowLoader(
      async (organizationIds) =>
        viewerId === null
          ? []
          : db.organizationMember.findMany({
              where: { organizationId: { in: [...organizationIds] }, userId: viewerId },
            }),
      (member) => member.organizationId,
    ),
    firstMembersOf: createFirstPageLoaders(
      firstRows(db, { table: 'organization_members', parent: 'organization_id' }, (rows) =>
        db.organizationMember.findMany(rows),
      ),
      (member: OrganizationMember) => member.organizationId,
    ),
  };
}
