/** Actions that every organization knows, in the order they are shown; the ACTION nodes of a tree add their own. */
export const builtInActions = {
  'structure.manage': 'Change the name, and add, rename and remove what lies below.',
  'members.manage': 'Invite people to the organization and remove members. Counts at the organization only.',
  'grants.manage': 'Grant and deny what one may do oneself. At the organization: change roles too.',
  'customers.read': 'See customers, their notes, tasks and history.',
  'customers.write': 'Add and change customers, write notes and tasks.',
  'customers.delete': 'Remove customers and bring them back.',
  'customers.merge': 'Merge customers into one, and undo that.',
  'customers.import': 'Add customers from a file.',
  'customers.export': 'Take customers away as a file.',
  'customers.erase': 'Erase what is known of a customer for good.',
  'customers.configure': 'Define the custom fields of customers. Counts at the organization only.',
} as const;

export type BuiltInAction = keyof typeof builtInActions;

/** `invoices.approve`: two or more words of small letters, digits and dashes, joined by dots. */
export const actionPattern = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
