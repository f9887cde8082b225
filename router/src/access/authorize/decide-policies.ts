import type { DecidePolicies } from './authorization.js';

/**
 * Policies by what the token says of the person: `role:moderator`, `entitlement:premium`, `office:ambassador` (of
 * whatever place). Policies of other names are met by nobody.
 */
export const decidePoliciesByViewer: DecidePolicies = (policies, { viewer }) => {
  if (viewer === null) return new Set();
  const held = [
    ...viewer.roles.map((role) => `role:${role}`),
    ...viewer.entitlements.map((entitlement) => `entitlement:${entitlement}`),
    ...viewer.offices.map(({ role }) => `office:${role}`),
  ];
  return new Set(held.filter((policy) => policies.has(policy)));
};
