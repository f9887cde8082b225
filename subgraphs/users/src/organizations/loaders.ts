import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Organization, OrganizationNode } from '../__generated__/prisma/client.js';
import { firstRows, type Db } from '../database.js';
import { visibleTo } from './service.js';

export interface OrganizationLoaders {
  /** Null also for organizations the viewer does not belong to. */
  readonly organization: Loader<string, Organization | null>;
  readonly organizationNode: Loader<string, OrganizationNode | null>;
  /** First pages of what lies below places. For whoever may see the place. */
  readonly firstNodesBelow: (page: FirstPage) => Loader<string, OrganizationNode[]>;
  /** What the ACTION nodes of organizations add to what can be granted, by name. */
  readonly ownActions: Loader<string, OwnAction[]>;
}

interface OwnAction {
  readonly organizationId: string;
  readonly action: string;
}

export const createOrganizationLoaders = (db: Db, viewer: Viewer | null): OrganizationLoaders => ({
  organization: createRowLoader(
    (ids) =>
      db.organization.findMany({
        where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer?.id ?? null)] },
      }),
    (organization) => organization.id,
  ),
  organizationNode: createRowLoader(
    (ids) =>
      db.organizationNode.findMany({
        where: { id: { in: [...ids] }, organization: visibleTo(viewer?.id ?? null) },
      }),
    (node) => node.id,
  ),
  firstNodesBelow: createFirstPageLoaders(
    firstRows(db, { table: 'organization_nodes', parent: 'parent_id' }, (rows) =>
      db.organizationNode.findMany(rows),
    ),
    (node: OrganizationNode) => node.parentId!,
  ),
  ownActions: createGroupLoader(
    (ids) =>
      db.$queryRaw<OwnAction[]>`
        SELECT organization.id AS "organizationId", own.action FROM unnest(${[...ids]}::uuid[]) AS organization (id)
        CROSS JOIN LATERAL (
          SELECT DISTINCT action FROM organization_nodes
          WHERE organization_id = organization.id AND level = 'ACTION' ORDER BY action LIMIT 500
        ) AS own`,
    ({ organizationId }) => organizationId,
  ),
});
