import type { ResponseField } from '../plan/shape.js';

export interface Run {
  /** The entity fetch whose slots decide on all its fields; undefined for any other fields. */
  readonly entity: number | undefined;
  readonly fields: readonly ResponseField[];
}

/** Neighbouring leaves that one entity fetch decides on, from two on, and what is between them. */
export function runsOf(
  fields: readonly ResponseField[],
  entityOf: (field: ResponseField) => number | undefined,
): Run[] {
  const runs: { entity: number | undefined; fields: ResponseField[] }[] = [];
  for (const field of fields) {
    const entity = entityOf(field);
    const last = runs.at(-1);
    if (last && last.entity === entity) last.fields.push(field);
    else runs.push({ entity, fields: [field] });
  }
  return runs.map((run) => (run.fields.length > 1 ? run : { ...run, entity: undefined }));
}
