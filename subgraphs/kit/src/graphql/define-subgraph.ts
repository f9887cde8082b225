import { buildSubgraphSchema } from '@apollo/subgraph';
import { applyMiddleware } from 'graphql-middleware';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Express } from 'express';
import type { JobTasks } from '../jobs/index.js';
import type { Logger } from '../logger.js';
import type { MessageHandler } from '../messages/index.js';
import type { Origin, Viewer } from '../viewer.js';
import { moneyResolvers } from './money.js';
import { createShield, mergePermissions, type PermissionMap } from './permissions.js';
import { scalarResolvers } from './scalars.js';
import { readTypeDefs } from './type-defs.js';

/** What kit puts into every operation's context; a subgraph adds its loaders and services. */
export interface BaseContext {
  readonly viewer: Viewer | null;
  readonly origin: Origin;
  readonly requestId: string;
  readonly log: Logger;
}

/** One capability of a subgraph: its SDL, resolvers and rules. */
export interface Slice {
  readonly typeDefs: DocumentNode;
  readonly resolvers: object;
  readonly permissions: PermissionMap;
}

export interface SubgraphDefinition<Context extends BaseContext> {
  readonly name: string;
  readonly slices: readonly Slice[];
  /** Called afresh for every operation, so that loaders and rule verdicts never outlive it. */
  readonly createContext: (base: BaseContext) => Context;
  /** Messages this subgraph listens to. */
  readonly handlers?: readonly MessageHandler<never>[];
  /** Background work this subgraph does. */
  readonly jobs?: JobTasks;
  /** `minute hour day month weekday task` lines for the job worker. */
  readonly crontab?: string;
  /** Mutations that somebody who impersonates another person may use; all others are refused to them. */
  readonly impersonatorsMay?: readonly string[];
  /** HTTP routes beside GraphQL, such as a provider's webhook. They authenticate their callers themselves. */
  readonly routes?: (app: Express) => void;
}

export interface Subgraph<Context extends BaseContext = BaseContext> extends SubgraphDefinition<Context> {
  readonly schema: GraphQLSchema;
  readonly permissions: PermissionMap;
}

const kitSlice: Slice = {
  typeDefs: readTypeDefs(import.meta.url, './kit.graphql'),
  resolvers: { ...scalarResolvers, ...moneyResolvers },
  permissions: {},
};

/** Joins slices into one executable federation schema in which every field without a rule is denied. */
export function defineSubgraph<Context extends BaseContext>(
  definition: SubgraphDefinition<Context>,
): Subgraph<Context> {
  for (const slice of definition.slices) refuseResolvedSubscriptions(slice);
  const permissions = mergePermissions(definition.slices.map((slice) => slice.permissions));
  const modules = [kitSlice, ...definition.slices].map(({ typeDefs, resolvers }) => ({
    typeDefs,
    resolvers: resolvers as Record<string, never>,
  }));
  const schema = applyMiddleware(buildSubgraphSchema(modules), createShield(permissions));
  return { ...definition, schema, permissions };
}

/** graphql-middleware guards `resolve` where there is one, and leaves `subscribe` open. */
function refuseResolvedSubscriptions({ resolvers }: Slice): void {
  const { Subscription = {} } = resolvers as { Subscription?: Record<string, object> };
  for (const [field, parts] of Object.entries(Subscription)) {
    if ('resolve' in parts)
      throw new Error(`Subscription.${field} must have no resolve: nobody would guard it.`);
  }
}
