import type { Forbidden, ForbiddenField } from '../../operations/operation.js';
import type { Demand } from './collect-demands.js';

/** The fields of which a demand is not met. `isMet` is by index of the requirement. */
export function forbid(
  demands: readonly Demand[],
  isMet: (requirement: number) => boolean,
  { key, isAnonymous }: { readonly key: string; readonly isAnonymous: boolean },
): Forbidden {
  const reason = isAnonymous ? signIn : notYours;
  const fields = new Map<Demand['field'], ForbiddenField>();
  for (const { field, groups, isEverywhere } of demands) {
    const refused = groups.filter(({ requirements }) => !requirements.every(isMet));
    if (refused.length === 0) continue;
    const types = new Set(refused.flatMap((group) => [...group.types]));
    const isOnAll = isEverywhere && refused.length === groups.length;
    fields.set(field, isOnAll ? reason : { ...reason, types });
  }
  return { key, fields };
}

export const signIn = { message: 'You have to sign in to see this.', code: 'UNAUTHENTICATED' } as const;
export const notYours = { message: 'You may not see this.', code: 'FORBIDDEN' } as const;
