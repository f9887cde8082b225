import { z } from 'zod';

/** Documents that a client may run. */
export interface Manifest {
  readonly byId: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

const apolloSchema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

const mapSchema = z.record(z.string().min(1), z.string().min(1));

/** Apollo's persisted query manifest, or a plain map of ids to documents. Throws for anything else. */
export function readManifest(json: unknown): Manifest {
  const isApollo = typeof json === 'object' && json !== null && 'format' in json && 'operations' in json;
  if (!isApollo) return manifestOf(Object.entries(checked(mapSchema.safeParse(json))));
  const { operations } = checked(apolloSchema.safeParse(json));
  return manifestOf(operations.map(({ id, body }) => [id, body]));
}

function checked<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  throw new Error(`no manifest: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

export const mergeManifests = (manifests: readonly Manifest[]): Manifest =>
  manifestOf(manifests.flatMap(({ byId }) => [...byId]));

function manifestOf(entries: readonly (readonly [string, string])[]): Manifest {
  const byId = new Map(entries);
  return { byId, texts: new Set(entries.map(([, text]) => text)) };
}
