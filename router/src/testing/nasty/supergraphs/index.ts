import type { NastySupergraph } from '../nasty.js';
import { aliases } from './aliases.js';
import { conditions } from './conditions.js';
import { nullPropagation, partialFailures } from './faults.js';
import { federationOne } from './federation-one.js';
import { inaccessible, inaccessibleMembers } from './inaccessible.js';
import { inputs } from './inputs.js';
import { interfaceObjectHops } from './interface-object-hops.js';
import { interfaceObjects } from './interface-objects.js';
import { interfacesSpread } from './interfaces-spread.js';
import { compositeKeys, nullKeys, severalKeys, unresolvableKeys } from './keys.js';
import { lists } from './lists.js';
import { mutations } from './mutations.js';
import { nodes } from './nodes.js';
import { override, overrideByLabel } from './override.js';
import { provides } from './provides.js';
import { requiresArguments } from './requires-arguments.js';
import { requiresNested } from './requires-nested.js';
import { scalars } from './scalars.js';
import { mixedNullability, sharedRoots, sharedValues } from './shared.js';
import { subscriptions } from './subscriptions.js';
import { unionsSpread } from './unions-spread.js';

export const nastySupergraphs: readonly NastySupergraph[] = [
  interfacesSpread,
  unionsSpread,
  interfaceObjects,
  interfaceObjectHops,
  provides,
  requiresArguments,
  requiresNested,
  override,
  overrideByLabel,
  inaccessible,
  inaccessibleMembers,
  federationOne,
  compositeKeys,
  severalKeys,
  nullKeys,
  unresolvableKeys,
  sharedRoots,
  sharedValues,
  mixedNullability,
  mutations,
  conditions,
  aliases,
  lists,
  nullPropagation,
  partialFailures,
  inputs,
  scalars,
  nodes,
  subscriptions,
];
