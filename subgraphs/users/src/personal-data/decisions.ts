import type { PersonalDataDecisions } from '@diaspora/kit';
import type { Prisma } from '../database.js';

const secret = {
  exported: { not: 'a secret, which only proves who somebody is' },
  erasure: 'ERASED',
} as const;
const profile = { exported: 'profile', erasure: 'ERASED' } as const;
const office = { exported: 'offices', erasure: 'PSEUDONYMISED' } as const;
const application = { exported: 'officeApplications', erasure: 'ERASED' } as const;
const ties = { exported: 'connections', erasure: 'ERASED' } as const;
const membership = { exported: 'organizations', erasure: 'ERASED' } as const;
const invitation = { exported: 'organizationInvitations', erasure: 'ERASED' } as const;
const trail = { exported: 'auditTrail', erasure: 'PSEUDONYMISED' } as const;
const change = { exported: 'superUserChanges', erasure: 'PSEUDONYMISED' } as const;
/** Under hashes; whom it named is in the trail. */
const naming = {
  exported: { not: 'the operator’s own record of addresses, under hashes' },
  erasure: { kept: 'an address names a super user once, also after an erasure' },
} as const;
const dataExport = { exported: 'dataExports', erasure: 'ERASED' } as const;
const erasure = { exported: 'erasures', erasure: 'PSEUDONYMISED' } as const;
const suspension = { exported: 'suspensions', erasure: 'ERASED' } as const;
const impersonation = { exported: 'impersonations', erasure: 'ERASED' } as const;
const factorReset = { exported: 'factorResets', erasure: 'ERASED' } as const;
const settings = { exported: { not: 'the platform’s own record' }, erasure: 'PSEUDONYMISED' } as const;
/** Who did something about somebody, whose record it is. */
const actor = { exported: { not: 'the record of whom it was about' }, erasure: 'PSEUDONYMISED' } as const;
/** Who did something for an organization or an office: their key stays, which leads to nobody. */
const author = { exported: { not: 'the organization’s own record' }, erasure: 'PSEUDONYMISED' } as const;
/** Who let a program in: their key stays, which leads to nobody. */
const platform = { exported: { not: 'the platform’s own record' }, erasure: 'PSEUDONYMISED' } as const;
const organizations = {
  exported: { not: 'the organization’s own record' },
  erasure: { kept: 'the organization answers for whom it keeps records of' },
} as const;

/** What of this subgraph is a person's, and what becomes of it. */
export const personalDataDecisions: PersonalDataDecisions<Prisma.ModelName> = {
  tables: {
    Account: { exported: 'account', erasure: 'PSEUDONYMISED' },
    Profile: profile,
    OneTimeCode: secret,
    ForwardedMail: { exported: { not: 'gone as soon as it was sent' }, erasure: 'ERASED' },
    EmailChange: { exported: 'emailChanges', erasure: 'ERASED' },
    TotpFactor: secret,
    RecoveryCode: secret,
    TrustedDevice: { exported: 'trustedDevices', erasure: 'ERASED' },
    SignInChallenge: secret,
    Identity: { exported: 'identities', erasure: 'ERASED' },
    FederatedQuestion: { impersonal: 'sealed, for some minutes' },
    FederatedAnswer: { impersonal: 'sealed, for some minutes' },
    Session: { exported: 'sessions', erasure: 'ERASED' },
    Suspension: suspension,
    Impersonation: impersonation,
    FactorReset: factorReset,
    PlatformSettings: settings,
    Membership: { exported: 'membership', erasure: 'ERASED' },
    ActivityMark: { exported: { not: 'counted and gone in the night' }, erasure: 'ERASED' },
    RegistrationCount: { impersonal: 'numbers of people, none of them named' },
    ActivityCount: { impersonal: 'numbers of people, none of them named' },
    RetentionCount: { impersonal: 'numbers of people, none of them named' },
    ServiceAccount: platform,
    ServiceSecret: { impersonal: 'secrets of programs' },
    ApiKey: platform,
    SigningKey: { impersonal: 'keys of the platform' },
    Budget: { impersonal: 'counts under hashes, for a day at most' },
    Tie: ties,
    ConnectionCount: ties,
    Office: office,
    OfficeApplication: application,
    ConsulReview: { exported: 'consulReviews', erasure: 'PSEUDONYMISED' },
    HeldEvent: { exported: { not: 'events give the original' }, erasure: 'PSEUDONYMISED' },
    EventRating: { impersonal: 'stars by a key that leads to nobody' },
    SuperUserChange: change,
    OperatorNaming: naming,
    Organization: author,
    OrganizationNode: { impersonal: 'the tree of an organization' },
    OrganizationMember: membership,
    OrganizationRole: { impersonal: 'what roles let people do' },
    OrganizationGrant: membership,
    OrganizationInvitation: invitation,
    Customer: organizations,
    CustomerField: { impersonal: 'what an organization notes of customers' },
    CustomerActivity: organizations,
    CustomerNote: organizations,
    CustomerTask: organizations,
    CustomerMerge: organizations,
    CustomerImportRow: organizations,
    AuditEntry: trail,
    AuditDetail: { exported: 'auditTrail', erasure: 'ERASED' },
    AuditChain: { impersonal: 'hashes of the trail' },
    AuditAnchor: { impersonal: 'hashes of the trail' },
    DataExport: dataExport,
    DataExportPart: dataExport,
    Erasure: erasure,
    ErasurePart: erasure,
  },
  fields: {
    'ApiKey.createdBy': platform,
    'ServiceAccount.createdBy': platform,
    'AuditActor.person': trail,
    'AuditActor.onBehalfOf': trail,
    'AuditEntry.person': trail,
    'ConsulReview.reviewer': author,
    'Customer.owner': { exported: author.exported, erasure: 'ERASED' },
    'Customer.createdBy': author,
    'CustomerActivity.actor': author,
    'CustomerMerge.mergedBy': author,
    'CustomerNote.author': author,
    'CustomerTask.assignee': { exported: author.exported, erasure: 'ERASED' },
    'CustomerTask.createdBy': author,
    'CustomerTask.doneBy': author,
    'Erasure.user': erasure,
    'FriendRequest.user': ties,
    'PersonSuggestion.user': ties,
    'Impersonation.user': impersonation,
    'Impersonation.impersonator': actor,
    'FactorReset.user': factorReset,
    'FactorReset.openedBy': actor,
    'FactorReset.confirmedBy': actor,
    'Office.holder': office,
    'Office.appointer': office,
    'Office.confirmer': office,
    'OfficeApplication.applicant': application,
    'OfficeApplication.decider': actor,
    'OrganizationGrant.grantedBy': author,
    'OrganizationInvitation.invitedBy': invitation,
    'OrganizationInvitation.user': invitation,
    'OrganizationMember.user': membership,
    'PermissionExplanation.grantors': author,
    'PlatformSettings.changedBy': settings,
    'SuperUserChange.person': change,
    'SuperUserChange.proposer': actor,
    'SuperUserChange.decider': actor,
    'Suspension.user': suspension,
    'Suspension.suspendedBy': actor,
    'Suspension.liftedBy': actor,
  },
};
