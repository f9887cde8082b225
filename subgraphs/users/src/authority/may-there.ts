import { permission } from '@diaspora/kit';
import type { Context } from '../context.js';
import type { BuiltInAction } from './actions.js';
import { permissionKey } from './loaders.js';

/** A rule of fields: viewers who may do this at the place that belongs to the field's parent. */
export const mayThere = <Parent>(action: BuiltInAction, nodeIdOf: (parent: Parent) => string) =>
  permission<Parent, unknown, Context>(`mayThere(${action})`, async ({ parent, context }) => {
    const decision = await context.loaders.permission.load(permissionKey(nodeIdOf(parent), action));
    return decision?.isAllowed ?? false;
  });
