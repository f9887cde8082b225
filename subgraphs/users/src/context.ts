import type { BaseContext } from '@diaspora/kit';
import type { AccountServices } from './account-parts.js';
import type { AdministrationLoaders, AdministrationServices } from './administration-parts.js';
import type { AuditTrail } from './audit/index.js';
import type { CustomerPartLoaders, CustomerServices } from './customer-parts.js';
import type { OfficePartLoaders, OfficeServices } from './office-parts.js';
import type { ClientPartLoaders, ClientServices } from './client-parts.js';
import type { OrganizationPartLoaders, OrganizationServices } from './organization-parts.js';
import type { PeopleLoaders, PeopleServices } from './people-parts.js';
import type { PrivacyServices } from './privacy-parts.js';
import type { ProfileLoaders, Profiles } from './profiles/index.js';
import type { SuperUsers } from './super-users/index.js';

export interface Services
  extends
    AccountServices,
    OrganizationServices,
    PeopleServices,
    OfficeServices,
    CustomerServices,
    AdministrationServices,
    PrivacyServices,
    ClientServices {
  readonly profiles: Profiles;
  readonly superUsers: SuperUsers;
  readonly auditTrail: AuditTrail;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: ProfileLoaders &
    OfficePartLoaders &
    OrganizationPartLoaders &
    PeopleLoaders &
    CustomerPartLoaders &
    AdministrationLoaders &
    ClientPartLoaders;
}
