import type { BaseContext } from '@diaspora/kit';
import type { AccountParts } from './account-parts.js';
import type { AdministrationParts } from './administration-parts.js';
import type { AuditTrail } from './audit/index.js';
import type { ClientParts } from './client-parts.js';
import type { CustomerParts } from './customer-parts.js';
import type { OfficeParts } from './office-parts.js';
import type { OrganizationParts } from './organization-parts.js';
import type { PeopleParts } from './people-parts.js';
import type { PrivacyParts } from './privacy-parts.js';

type LoadersOf<Parts extends { createLoaders(...args: never[]): unknown }> = ReturnType<
  Parts['createLoaders']
>;

type ServicesOfParts = AccountParts['services'] &
  PeopleParts['services'] &
  OfficeParts['services'] &
  OrganizationParts['services'] &
  CustomerParts['services'] &
  ClientParts['services'] &
  AdministrationParts['services'] &
  PrivacyParts['services'];

export interface Services extends ServicesOfParts {
  readonly auditTrail: AuditTrail;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: LoadersOf<PeopleParts> &
    LoadersOf<OfficeParts> &
    LoadersOf<OrganizationParts> &
    LoadersOf<CustomerParts> &
    LoadersOf<ClientParts> &
    LoadersOf<AdministrationParts>;
}
