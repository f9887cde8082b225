/** What becomes of something that tells of a person. */
export interface PersonalDataDecision {
  /** The file of the export it is in, or why it is in none. */
  readonly exported: string | { readonly not: string };
  /**
   * ERASED: it is gone. PSEUDONYMISED: what it says of the person is gone, and their key stays, which leads to a
   * deleted person. Otherwise: why it stays as it is.
   */
  readonly erasure: 'ERASED' | 'PSEUDONYMISED' | { readonly kept: string };
}

/** What a subgraph decided on everything in it that tells of people. */
export interface PersonalDataDecisions<Model extends string = string> {
  /** One for each table, by the name of its model, or why it tells of nobody. A test asks for those that are missing. */
  readonly tables: Readonly<Partial<Record<Model, PersonalDataDecision | { readonly impersonal: string }>>>;
  /** One for each field of the API that leads to a person, as `Type.field`. */
  readonly fields: Readonly<Record<string, PersonalDataDecision>>;
}
