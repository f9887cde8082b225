import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Authorization } from '../access/authorize/authorization.js';
import { RequestRefused } from '../access/refused.js';
import type { Executable } from '../execution/executable.js';
import type { Costs } from '../limits/cost/cost.js';
import type { RouterMetrics } from '../observe/metrics.js';
import { createBoundedCache } from './bounded-cache.js';
import { createCoerceVariables } from './coerce-variables.js';
import { conditionVariables } from './conditions.js';
import type { Forbidden, Operation } from './operation.js';

export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly prepare: Prepare;
  readonly authorization?: Authorization | undefined;
  readonly costs?: Costs | undefined;
  readonly metrics: Pick<RouterMetrics, 'labelOf' | 'planned' | 'document'>;
}

/** Plans and compiles one variant of an operation. */
export type Prepare = (wanted: {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditionValues: Readonly<Record<string, unknown>>;
  readonly forbidden?: Forbidden | undefined;
}) => Executable | Promise<Executable>;

/** Executables of one operation: values of its conditions times sets of fields that callers may not have. */
const mostVariants = 64;

/**
 * How long it is remembered that an operation cannot be planned: finding that out costs as much each time. Not for ever,
 * because what took too long on a busy machine may not on an idle one.
 */
const failureKeptMs = 300_000;

type Values = Readonly<Record<string, unknown>>;

interface Variant {
  readonly conditionValues: Values;
  executable: Executable | Promise<Executable>;
}

/** One operation of a valid document. Its executables are made when they are first asked for. */
export function createOperation(
  document: { readonly id: string; readonly node: DocumentNode },
  definition: OperationDefinitionNode,
  { schema, prepare, authorization, costs, metrics }: OperationParts,
): Operation {
  const fragments = new Map(
    document.node.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const conditions = conditionVariables(definition, fragments);
  const variants = createBoundedCache<Variant>({ maxEntries: mostVariants, maxWeight: Infinity });

  const keyOf = (variables: Values, forbidden: Forbidden | undefined) => {
    let key = forbidden === undefined ? '' : forbidden.key;
    for (const name of conditions) key += variables[name] === true ? '+' : '-';
    return key;
  };

  /** Whoever asks while it is made waits for the same. What cannot be planned is not tried again for a while. */
  const makeVariant = (key: string, variables: Values, forbidden?: Forbidden): Promise<Executable> => {
    const conditionValues = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
    const startedAt = performance.now();
    const made = (async () => prepare({ definition, fragments, conditionValues, forbidden }))();
    const variant: Variant = { conditionValues, executable: made };
    variants.set(key, variant, 1);
    made.then(
      (executable) => {
        variant.executable = executable;
        const executor = executable.compiled === true ? 'compiled' : 'interpreted';
        metrics.planned(executor, (performance.now() - startedAt) / 1_000);
      },
      (error: unknown) => {
        // Not the operation's fault: there was no room for it.
        if (error instanceof RequestRefused) return variants.delete(key);
        setTimeout(() => variants.delete(key), failureKeptMs).unref();
      },
    );
    return made;
  };

  return {
    documentId: document.id,
    name: definition.name?.value,
    label: metrics.labelOf(definition.name?.value ?? null),
    kind: definition.operation,
    document: document.node,
    definition,
    fragments,
    conditions,
    requirements: authorization?.requirementsOf({ definition, fragments }),
    cost: costs?.of({ definition, fragments }),
    coerce: createCoerceVariables(schema, definition),
    executable: (variables, forbidden) => {
      const key = keyOf(variables, forbidden);
      return variants.get(key)?.executable ?? makeVariant(key, variables, forbidden);
    },
    // Whom the next supergraph forbids what is for it to say.
    conditionsInUse: () => [
      ...new Map(
        variants.byUse().map(({ value }) => [keyOf(value.conditionValues, undefined), value.conditionValues]),
      ).values(),
    ],
  };
}
