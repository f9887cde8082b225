/** What one directive demands. Alternatives (`anyOf`) are lists of which all are wanted. */
export type Requirement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] };

/** What a caller has to show. */
export interface Granted {
  readonly isAuthenticated: boolean;
  readonly scopes: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
}

/** No alternatives at all are met by nobody; an empty alternative is met by everybody. */
export const isMet = (requirement: Requirement, granted: Granted): boolean =>
  requirement.kind === 'authenticated'
    ? granted.isAuthenticated
    : requirement.anyOf.some((all) => all.every((name) => granted[requirement.kind].has(name)));
