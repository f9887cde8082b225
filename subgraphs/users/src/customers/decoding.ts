import type { CustomerFieldValueInput, CustomerFilter } from '../__generated__/schema.js';
import { customerFieldIds, nodeIds, userIds } from '../ids.js';

/** Inputs with keys where clients say ids. */
export const valuesOf = (given: readonly CustomerFieldValueInput[] | null | undefined) =>
  given?.map(({ fieldId, ...value }) => ({ ...value, fieldId: customerFieldIds.decode(fieldId) }));

export const filterOf = (given: CustomerFilter | null | undefined) =>
  given && {
    ...given,
    departmentIds: given.departmentIds?.map((id) => nodeIds.decode(id)),
    ownerIds: given.ownerIds?.map((id) => userIds.decode(id)),
    customFields: valuesOf(given.customFields),
  };
