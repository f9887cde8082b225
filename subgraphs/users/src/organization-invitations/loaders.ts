import {
  createFirstPageLoaders,
  createRowLoader,
  type Clock,
  type FirstPage,
  type Loader,
} from '@diaspora/kit';
import type { OrganizationInvitation } from '../__generated__/prisma/client.js';
import { firstIds, Prisma, type Db } from '../database.js';

export interface InvitationLoaders {
  /** What whoever is invited is told of an organization they do not belong to. */
  readonly organizationName: Loader<string, { id: string; name: string } | null>;
  /** First pages of those that wait. For whoever permissions.ts lets see them. */
  readonly firstInvitationsTo: (page: FirstPage) => Loader<string, OrganizationInvitation[]>;
}

export const createInvitationLoaders = (db: Db, clock: Clock): InvitationLoaders => ({
  organizationName: createRowLoader(
    (ids) => db.organization.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } }),
    (organization) => organization.id,
  ),
  firstInvitationsTo: createFirstPageLoaders(
    async (organizationIds, page) => {
      const condition = Prisma.sql`status = 'PENDING' AND expires_at > ${clock.now()}`;
      const source = { table: 'organization_invitations', parent: 'organization_id', condition };
      const ids = await firstIds(db, source, organizationIds, page);
      return db.organizationInvitation.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (invitation: OrganizationInvitation) => invitation.organizationId,
  ),
});
