/** A place in the tree of an organization. */
export interface Place {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** From the root to the place itself. */
  readonly path: readonly string[];
  /** Another one after every change of who may do what in the organization. */
  readonly stamp: string;
}

export interface HeldGrant {
  readonly id: string;
  readonly nodeId: string;
  /** Of the node it was granted at. */
  readonly path: readonly string[];
  readonly effect: 'ALLOW' | 'DENY';
  readonly roleId: string | null;
  readonly actions: readonly string[];
}

/** What a member has been granted and denied. Owners have no grants. */
export interface Holdings {
  readonly memberId: string;
  readonly userId: string;
  readonly isOwner: boolean;
  readonly grants: readonly HeldGrant[];
}

export type Reason = 'OWNER' | 'GRANTED' | 'DENIED' | 'NOT_GRANTED' | 'NOT_A_MEMBER';

export interface Decision {
  readonly isAllowed: boolean;
  readonly reason: Reason;
  /** The grants on the way that are about the action, root first. */
  readonly considered: readonly HeldGrant[];
}

/** May somebody do this at the end of the path? A denial anywhere on it beats every grant; without a grant nobody may. */
export function decide(holdings: Holdings | null, action: string, path: readonly string[]): Decision {
  if (!holdings) return { isAllowed: false, reason: 'NOT_A_MEMBER', considered: [] };
  if (holdings.isOwner) return { isAllowed: true, reason: 'OWNER', considered: [] };
  const considered = holdings.grants
    .filter((grant) => grant.actions.includes(action) && path.includes(grant.nodeId))
    .sort((left, right) => left.path.length - right.path.length);
  const isDenied = considered.some(({ effect }) => effect === 'DENY');
  const isAllowed = !isDenied && considered.length > 0;
  return { isAllowed, reason: isDenied ? 'DENIED' : isAllowed ? 'GRANTED' : 'NOT_GRANTED', considered };
}

export const may = (holdings: Holdings | null, action: string, path: readonly string[]): boolean =>
  decide(holdings, action, path).isAllowed;

/** At the end of the path and everywhere below it. */
export const mayThroughout = (holdings: Holdings | null, action: string, path: readonly string[]): boolean =>
  may(holdings, action, path) && !holdings!.grants.some((grant) => isDenialBelow(grant, action, path));

const isDenialBelow = ({ effect, actions, path: own }: HeldGrant, action: string, path: readonly string[]) =>
  effect === 'DENY' && actions.includes(action) && own.includes(path.at(-1)!);

/** Could this person let others do all of it there? Nobody grants what they lack anywhere in its reach. */
export const mayGrant = (grantor: Holdings | null, actions: readonly string[], path: readonly string[]) =>
  ['grants.manage', ...actions].every((action) => mayThroughout(grantor, action, path));

/** Does the other one answer for grants further up, where this one does not? */
export const outranks = (other: Holdings, one: Holdings | null, path: readonly string[]): boolean =>
  path
    .slice(0, -1)
    .some(
      (_id, depth) => manages(other, path.slice(0, depth + 1)) && !manages(one, path.slice(0, depth + 1)),
    );

const manages = (holdings: Holdings | null, path: readonly string[]) => may(holdings, 'grants.manage', path);

/** Where a denial has to be lifted, or something granted, so that the action is allowed at the end of the path. */
export const placeToGrantAt = ({ considered }: Decision, path: readonly string[]): readonly string[] =>
  considered.find(({ effect }) => effect === 'DENY')?.path ?? path;

/** In which departments of an organization somebody may do something: in all but some, or in some. */
export type Reach = { readonly except: readonly string[] } | { readonly only: readonly string[] };

/** Read from what is held: no department has to be looked at to which nothing was said. */
export function reachOf(holdings: Holdings | null, action: string, rootId: string): Reach {
  const isEverywhere = may(holdings, action, [rootId]);
  const named = new Set(holdings?.grants.filter(({ path }) => path.length === 2).map(({ nodeId }) => nodeId));
  const others = [...named].filter((id) => may(holdings, action, [rootId, id]) !== isEverywhere);
  return isEverywhere ? { except: others } : { only: others };
}

/** The grant that decided, the one furthest up of several. */
export const decisiveGrant = ({ isAllowed, considered }: Decision): HeldGrant | undefined =>
  considered.find(({ effect }) => effect === (isAllowed ? 'ALLOW' : 'DENY'));

const quoted = (name: string | undefined) => (name === undefined ? 'a place' : `“${name}”`);

/** A decision in a sentence, with the names of where the decisive grant was given and of its role. */
export function messageOf(
  { reason }: Pick<Decision, 'reason'>,
  { node, role }: { node?: string | undefined; role?: string | undefined },
): string {
  const by = role === undefined ? '' : ` by the role ${quoted(role)}`;
  const messages: Record<Reason, string> = {
    OWNER: 'Owners of the organization may everything.',
    GRANTED: `Granted at ${quoted(node)}${by}.`,
    DENIED: `Denied at ${quoted(node)}${by}; a denial beats every grant on the way.`,
    NOT_GRANTED: 'Nobody granted it here or further up.',
    NOT_A_MEMBER: 'The person does not belong to the organization.',
  };
  return messages[reason];
}
