import type { Resolvers } from '../__generated__/schema.js';
import { changing } from '../changing.js';
import { customerFieldIds, organizationIds } from '../ids.js';

export const resolvers: Resolvers = {
  Organization: {
    customerFields: (organization, _args, { loaders }) => loaders.customerFields.load(organization.id),
  },
  Mutation: {
    createCustomerField: changing(async ({ organizationId, ...input }, { viewer, services }) => ({
      field: await services.customerFields.create(viewer!.id, {
        ...input,
        organizationId: organizationIds.decode(organizationId),
      }),
    })),
    updateCustomerField: changing(async ({ fieldId, ...input }, { viewer, services }) => ({
      field: await services.customerFields.update(viewer!.id, {
        ...input,
        fieldId: customerFieldIds.decode(fieldId),
      }),
    })),
    removeCustomerField: changing(async ({ fieldId }, { viewer, services }) => {
      await services.customerFields.remove(viewer!.id, customerFieldIds.decode(fieldId));
      return { removedFieldId: fieldId };
    }),
  },
  CustomerField: { id: (field) => customerFieldIds.encode(field.id) },
};
