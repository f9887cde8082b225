import { AppError, dayMs, foldName, idempotencyKey, line } from '@diaspora/kit';
import { z } from 'zod';
import type { OrganizationLevel } from '../__generated__/prisma/client.js';
import { actionPattern, builtInActions } from '../authority/index.js';

export const maxOrganizations = 20;
/** Below one node. */
export const maxChildren = 200;
/** A closed organization can be opened again that long. */
export const closedForMs = 30 * dayMs;

const name = line({ max: 120 });

export const newOrganization = z.object({ idempotencyKey: idempotencyKey(), name });
export const renaming = z.object({ name });

const action = z
  .string()
  .max(60)
  .regex(actionPattern, 'must be words of small letters, digits and dashes, joined by dots: invoices.approve')
  .refine((value) => !(value in builtInActions), 'is an action that every organization has');

export const newNode = z.object({ idempotencyKey: idempotencyKey(), name, action: action.nullish() });

const below: Record<OrganizationLevel, OrganizationLevel | null> = {
  ORGANIZATION: 'DEPARTMENT',
  DEPARTMENT: 'SERVICE',
  SERVICE: 'ACTION',
  ACTION: null,
};

/** The level of what is added below a node. Throws when nothing can be, or when an action is missing or out of place. */
export function levelBelow(parent: OrganizationLevel, action: string | null): OrganizationLevel {
  const level = below[parent];
  if (!level) throw new AppError('INVALID_INPUT', 'Nothing lies below an action.', { path: ['parentId'] });
  if ((level === 'ACTION') !== (action !== null)) {
    const message =
      action === null ? 'Below a service lie actions: say which.' : 'Actions lie below a service.';
    throw new AppError('INVALID_INPUT', message, { path: ['action'] });
  }
  return level;
}

/** One spelling for each name among those beside it. */
export const nameKeyOf = foldName;
