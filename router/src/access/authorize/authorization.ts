import type { GraphQLSchema } from 'graphql';
import type { Forbidden, Operation } from '../../operations/operation.js';
import type { Caller } from '../caller.js';
import { createLru } from '../lru.js';
import { RequestRefused } from '../refused.js';
import { collectDemands, type Demand } from './collect-demands.js';
import { decidePoliciesByViewer } from './decide-policies.js';
import { forbid } from './forbid.js';
import { readRequirements } from './read-requirements.js';
import { isMet, type Granted, type Requirement } from './requirement.js';

/** `filter`: forbidden fields are null with an error at each; `reject`: the whole request is refused, 401 or 403. */
export type AuthorizationMode = 'filter' | 'reject';

/** Which of these policies the caller meets. Called once a request, only for operations that name policies. */
export type DecidePolicies = (
  policies: ReadonlySet<string>,
  caller: Caller,
) => ReadonlySet<string> | Promise<ReadonlySet<string>>;

/** The part of an operation that says what is selected. */
export type Selected = Pick<Operation, 'definition' | 'fragments'>;

/** For one version of the supergraph. */
export interface Authorization {
  /**
   * Reads the requirements of an operation; once, when it enters the cache. Undefined when there are none, which
   * costs requests nothing.
   */
  requirementsOf(operation: Selected): Requirements | undefined;
}

export interface Requirements {
  /**
   * Undefined: the caller may have everything. In `reject` mode throws (or rejects with) RequestRefused when a field is
   * forbidden wherever it may stand; one that is forbidden on some objects of an interface or union is filtered there.
   */
  decide(caller: Caller): Forbidden | undefined | Promise<Forbidden | undefined>;
}

export interface AuthorizationParts {
  /** With every directive of the SDL. */
  readonly sourceSchema: GraphQLSchema;
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  readonly mode: AuthorizationMode;
  /** Default: by roles, entitlements and offices of the viewer. */
  readonly decidePolicies?: DecidePolicies;
}

/** Enforces @authenticated, @requiresScopes and @policy of one supergraph. */
export function createAuthorization(parts: AuthorizationParts): Authorization {
  const requirements = readRequirements(parts.sourceSchema);
  if (requirements.all.length === 0) return { requirementsOf: () => undefined };
  return {
    requirementsOf(operation) {
      const demands = collectDemands(parts.apiSchema, requirements, operation);
      return demands.length === 0 ? undefined : createRequirements(demands, requirements.all, parts);
    },
  };
}

/** Decisions that are remembered for one operation; there are as many as there are kinds of callers. */
const mostDecisions = 64;

function createRequirements(
  demands: readonly Demand[],
  all: readonly Requirement[],
  { mode, decidePolicies = decidePoliciesByViewer }: AuthorizationParts,
): Requirements {
  const demanded = [
    ...new Set(demands.flatMap(({ groups }) => groups.flatMap((group) => group.requirements))),
  ];
  const policies = new Set(
    demanded.flatMap((index) => (all[index]?.kind === 'policies' ? all[index].anyOf.flat() : [])),
  );
  const decisions = createLru<Forbidden>({ most: mostDecisions });

  const judge = (caller: Caller, granted: ReadonlySet<string>): Forbidden | undefined => {
    const isAnonymous = caller.viewer === null && caller.partner === undefined;
    const shown: Granted = {
      isAuthenticated: !isAnonymous,
      scopes: new Set(caller.scopes),
      policies: granted,
    };
    const unmet = demanded.filter((index) => !isMet(all[index]!, shown));
    if (unmet.length === 0) return undefined;
    const key = `${isAnonymous ? 'anonymous' : 'known'} without ${unmet.join(',')};`;
    const known = decisions.get(key);
    const forbidden = known ?? forbid(demands, (index) => !unmet.includes(index), { key, isAnonymous });
    if (known === undefined) decisions.set(key, forbidden);
    if (mode === 'reject') refuse(forbidden);
    return forbidden;
  };

  return {
    decide(caller) {
      if (policies.size === 0) return judge(caller, policies);
      const granted = decidePolicies(policies, caller);
      return granted instanceof Promise
        ? granted.then((names) => judge(caller, names))
        : judge(caller, granted);
    },
  };
}

function refuse({ fields }: Forbidden): void {
  const field = [...fields.values()].find(({ types }) => types === undefined);
  if (!field) return;
  const status = field.code === 'UNAUTHENTICATED' ? 401 : 403;
  throw new RequestRefused({ status, code: field.code, message: field.message });
}
