import type { Connection, Edge } from '@diaspora/kit';
import type {
  AuditEntry,
  Office,
  Profile,
  Session,
  SuperUserChange,
  Suspension,
} from './__generated__/prisma/client.js';
import type * as rows from './__generated__/prisma/client.js';
import type { ChainStatus, KeptDetails } from './audit/index.js';
import type { Decision, Explanation, HeldGrant } from './authority/index.js';
import type { ConsulPerformance } from './consul-performance/index.js';
import type { Member } from './connections/index.js';
import type { DataExportWithParts, ErasureWithParts } from './privacy/index.js';
import type { RequestSide } from './friendships/index.js';
import type { Suggestion } from './suggestions/index.js';
import type { BulkChangeRow } from './customer-bulk/index.js';
import type { CustomerExportRow } from './customer-exports/index.js';
import type { TypedValue } from './customer-fields/index.js';
import type { CustomerImportRow, ImportUpload } from './customer-imports/index.js';
import type { CustomerPage } from './customers/index.js';
import type { Arrival } from './federation-login/index.js';
import type { Report } from './user-metrics/index.js';
import type { Administration } from './user-search/index.js';

export type DataExportModel = DataExportWithParts;
export type ErasureModel = ErasureWithParts;

export type UserModel = Profile;
export type ServiceAccountModel = rows.ServiceAccount;
export type ServiceSecretModel = rows.ServiceSecret;
export type ApiKeyModel = rows.ApiKey;
export type LinkedIdentityModel = rows.Identity;
export type FederatedArrivalModel = Arrival;
export type ProfilePrivacyModel = Profile;
export type OfficeModel = Office;
export type OfficeApplicationModel = rows.OfficeApplication;
export type ConsulPerformanceModel = ConsulPerformance;
export type ConsulReviewModel = rows.ConsulReview;
export type SessionModel = Session;
export type SuperUserChangeModel = SuperUserChange;
export type UserAdministrationModel = Administration;
export type AnalyticsReportModel = Report;
export type UserMetricsModel = Report;
export type FactorResetModel = rows.FactorReset;
export type ImpersonationModel = rows.Impersonation;
export type PlatformSettingsModel = rows.PlatformSettings;
export type SuspensionModel = Suspension;
export type AuditEntryModel = AuditEntry & KeptDetails;
export type AuditActorModel = AuditEntry;
export type AuditChainStatusModel = ChainStatus;
export type SecurityEventModel = AuditEntryModel;

export type CredentialsModel = rows.Account;
export type TrustedDeviceModel = rows.TrustedDevice;

export type OrganizationModel = rows.Organization;
export type OrganizationNodeModel = rows.OrganizationNode;
export type OrganizationMemberModel = rows.OrganizationMember;
export type OrganizationRoleModel = rows.OrganizationRole;
export type OrganizationGrantModel = rows.OrganizationGrant;
export type OrganizationInvitationModel = rows.OrganizationInvitation;
export type PermissionModel = Decision;
export type PermissionExplanationModel = Explanation;
/** One node on the way, with the grants there. */
export interface PermissionStepModel {
  readonly nodeId: string;
  readonly grants: readonly HeldGrant[];
}

/** People in a list of ties; their profiles are loaded when they are asked for. */
export type PeopleConnectionModel = Connection<Member>;
export type PeopleEdgeModel = Edge<Member>;
/** A request for friendship, and on which side of it the viewer is. */
export interface FriendRequestModel {
  readonly tie: rows.Tie;
  readonly side: RequestSide;
}
export type PersonSuggestionModel = Suggestion;

export type CustomerModel = rows.Customer;
export type CustomerAddressModel = rows.Customer;
export type CustomerConnectionModel = CustomerPage;
export type CustomerActivityModel = rows.CustomerActivity;
export type CustomerBulkChangeModel = BulkChangeRow;
export type CustomerExportModel = CustomerExportRow;
export type CustomerImportModel = CustomerImportRow;
export type CustomerImportFaultModel = rows.CustomerImportRow;
export type CustomerUploadModel = ImportUpload;
export type CustomerMergeModel = rows.CustomerMerge;
export type CustomerNoteModel = rows.CustomerNote;
export type CustomerTaskModel = rows.CustomerTask;
export type CustomerFieldModel = rows.CustomerField;
export interface CustomerFieldValueModel extends TypedValue {
  readonly field: rows.CustomerField;
}
