import { allow, deny, rule, shield, type IRule, type IRules } from 'graphql-shield';
import { AppError } from '../errors.js';
import { isPersonOr, type Viewer } from '../viewer.js';

/** Type name -> field name (or `*` for all others of the type) -> rule. */
export type PermissionMap = Record<string, Record<string, Rule>>;
type Rule = IRule | typeof allow;

/** What a rule may look at. */
export interface RuleContext {
  readonly viewer: Viewer | null;
}

/** Open to everybody, anonymous visitors included. */
export const anyone = allow;

/**
 * A named rule over the viewer, the parent object and the arguments. Answers true or the AppError to raise; false is
 * FORBIDDEN. A rule that throws closes the field with that error, which is reported as the fault it is.
 * Never cached: a rule is cheaper than a wrong answer.
 */
export function permission<Parent = unknown, Args = unknown, Context extends RuleContext = RuleContext>(
  name: string,
  decide: (input: {
    parent: Parent;
    args: Args;
    context: Context;
  }) => boolean | AppError | Promise<boolean | AppError>,
) {
  return rule(name, { cache: 'no_cache' })(async (parent: Parent, args: Args, context: Context) => {
    try {
      const verdict = await decide({ parent, args, context });
      return verdict === false ? forbidden() : verdict;
    } catch (error) {
      // Thrown on, it would look like a denial, and nobody would hear of the fault.
      return error instanceof Error ? error : new Error(`rule ${name} failed`, { cause: error });
    }
  });
}

const forbidden = () => new AppError('FORBIDDEN', 'You may not do this.');

const rulesByName = new Map<string, IRule>();

/** A name stands for one rule, whichever slices ask for it: a shield takes no two rules of one name. */
function signedInAnd(name: string, holds: (viewer: Viewer) => boolean): IRule {
  const known = rulesByName.get(name);
  if (known) return known;
  const made = permission(name, ({ context }) =>
    context.viewer ? holds(context.viewer) : new AppError('UNAUTHENTICATED', 'Sign in first.'),
  );
  rulesByName.set(name, made);
  return made;
}

/** Signed-in people; a service account is none. */
export const authenticated = signedInAnd('authenticated', (viewer) => viewer.kind === 'person');

/** People who act as themselves: not open to whoever impersonates them. For what is nobody else's to see. */
export const inPerson = signedInAnd(
  'inPerson',
  (viewer) => viewer.kind === 'person' && viewer.impersonatorId === undefined,
);

/** Viewers whose token carries the scope, people and service accounts alike. */
export const hasScope = (scope: string) =>
  signedInAnd(`hasScope(${scope})`, (viewer) => viewer.scopes.includes(scope));

/** Signed-in people, and programs that have the scope. */
export const personOr = (scope: string) =>
  signedInAnd(`personOr(${scope})`, (viewer) => isPersonOr(viewer, scope));

/** Viewers that hold any of the roles. */
export const hasRole = (...roles: string[]) =>
  signedInAnd(`hasRole(${roles.join()})`, (viewer) => roles.some((role) => viewer.roles.includes(role)));

/**
 * Types that only carry what an already ruled field returned: payloads, connections, edges, value types.
 * Naming them is still required, because everything unnamed is denied.
 */
export const carriers = (...typeNames: string[]): PermissionMap =>
  Object.fromEntries(typeNames.map((name) => [name, { '*': allow }]));

const kitPermissions: PermissionMap = {
  Query: { _service: allow, _entities: allow },
  _Service: { sdl: allow },
  ...carriers('PageInfo', 'Money', 'GeoPoint', 'BasicUserError', 'JobProgress', 'JobError'),
};

/** All slices' maps as one. Two slices may rule different fields of one type, never the same field. */
export function mergePermissions(maps: readonly PermissionMap[]): PermissionMap {
  const merged: PermissionMap = {};
  for (const [typeName, fields] of [kitPermissions, ...maps].flatMap((map) => Object.entries(map))) {
    const known = (merged[typeName] ??= {});
    for (const [field, fieldRule] of Object.entries(fields)) {
      if (field in known) throw new Error(`Two slices rule ${typeName}.${field}.`);
      known[field] = fieldRule;
    }
  }
  return merged;
}

/** graphql-shield over a merged map: what has no rule is denied; errors of resolvers pass through to the one mapping. */
export const createShield = (permissions: PermissionMap) =>
  shield(permissions as IRules, {
    fallbackRule: deny,
    fallbackError: forbidden(),
    allowExternalErrors: true,
  });
