import { onJob, type Audit, type Cache, type Clock, type Mailer, type Viewer } from '@diaspora/kit';
import {
  authoritySlice,
  createAuthority,
  createAuthorityLoaders,
  type Authority,
  type AuthorityLoaders,
} from './authority/index.js';
import type { Budgets } from './budgets/index.js';
import type { Db } from './database.js';
import {
  createGrantLoaders,
  createGrants,
  createRoles,
  grantsSlice,
  type GrantLoaders,
  type Grants,
  type Roles,
} from './grants/index.js';
import { mailOrganizationInvitation } from './jobs.js';
import {
  createInvitationAnswers,
  createInvitationLoaders,
  createInvitations,
  organizationInvitationsSlice,
  type InvitationAnswers,
  type InvitationLoaders,
  type Invitations,
} from './organization-invitations/index.js';
import {
  createMemberLoaders,
  createOrganizationMembers,
  organizationMembersSlice,
  type MemberLoaders,
  type OrganizationMembers,
} from './organization-members/index.js';
import {
  createOrganizationLoaders,
  createOrganizations,
  createStructure,
  organizationsSlice,
  type OrganizationLoaders,
  type Organizations,
  type Structure,
} from './organizations/index.js';

export interface OrganizationServices {
  readonly authority: Authority;
  readonly organizations: Organizations;
  readonly structure: Structure;
  readonly organizationMembers: OrganizationMembers;
  readonly invitations: Invitations;
  readonly invitationAnswers: InvitationAnswers;
  readonly roles: Roles;
  readonly grants: Grants;
}

export type OrganizationPartLoaders = AuthorityLoaders &
  OrganizationLoaders &
  MemberLoaders &
  InvitationLoaders &
  GrantLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly mailer: Mailer;
  readonly cache: Cache;
  readonly budgets: Budgets;
}

/** Organizations and who may do what in them, put together. */
export function composeOrganizations({ db, clock, audit, mailer, cache, budgets }: Dependencies) {
  const authority = createAuthority({ db, cache });
  const grants = createGrants({ db, clock, audit });
  const organizations = createOrganizations({ db, clock, audit });
  const invitations = createInvitations({ db, clock, audit, mailer, budgets });
  const services: OrganizationServices = {
    authority,
    organizations,
    structure: createStructure({ db, clock, audit }),
    organizationMembers: createOrganizationMembers({ db, clock, audit }),
    invitations,
    invitationAnswers: createInvitationAnswers({ db, clock, audit, grants }),
    roles: createRoles({ db, clock, audit }),
    grants,
  };
  return {
    services,
    slices: [
      authoritySlice,
      organizationsSlice,
      organizationMembersSlice,
      organizationInvitationsSlice,
      grantsSlice,
    ],
    createLoaders: (viewer: Viewer | null): OrganizationPartLoaders => ({
      ...createAuthorityLoaders(authority, viewer),
      ...createOrganizationLoaders(db, viewer),
      ...createMemberLoaders(db, viewer),
      ...createInvitationLoaders(db, clock),
      ...createGrantLoaders(db, viewer),
    }),
    jobs: onJob(mailOrganizationInvitation, invitations.mail),
    /** Each night. */
    forget: organizations.forgetClosed,
  };
}
