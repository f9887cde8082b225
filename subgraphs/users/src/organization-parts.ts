import { onJob, type Viewer } from '@diaspora/kit';
import { authoritySlice, createAuthority, createAuthorityLoaders } from './authority/index.js';
import type { Budgets } from './budgets/index.js';
import type { Foundation } from './dependencies.js';
import { createGrantLoaders, createGrants, createRoles, grantsSlice } from './grants/index.js';
import { mailOrganizationInvitation } from './jobs.js';
import {
  createInvitationAnswers,
  createInvitationLoaders,
  createInvitations,
  organizationInvitationsSlice,
} from './organization-invitations/index.js';
import {
  createMemberLoaders,
  createOrganizationMembers,
  organizationMembersSlice,
} from './organization-members/index.js';
import {
  createOrganizationLoaders,
  createOrganizations,
  createStructure,
  organizationsSlice,
} from './organizations/index.js';

interface Dependencies extends Foundation {
  readonly budgets: Budgets;
}

export type OrganizationParts = ReturnType<typeof composeOrganizations>;

/** Organizations and who may do what in them, put together. */
export function composeOrganizations(dependencies: Dependencies) {
  const { db, clock } = dependencies;
  const authority = createAuthority(dependencies);
  const grants = createGrants(dependencies);
  const organizations = createOrganizations(dependencies);
  const invitations = createInvitations(dependencies);
  const services = {
    authority,
    organizations,
    structure: createStructure(dependencies),
    organizationMembers: createOrganizationMembers(dependencies),
    invitations,
    invitationAnswers: createInvitationAnswers({ ...dependencies, grants }),
    roles: createRoles(dependencies),
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
    createLoaders: (viewer: Viewer | null) => ({
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
