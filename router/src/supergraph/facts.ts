import {
  baseType,
  isCompositeType,
  isInterfaceObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  possibleRuntimeTypes,
  type CompositeType,
  type Subgraph as FederationSubgraph,
  type Supergraph as FederationSupergraph,
} from '@apollo/federation-internals';
import { printSchema } from 'graphql';

/**
 * What execution has to know of a supergraph and only federation's libraries can tell: plain data, so that one process
 * can tell another one that does without them.
 */
export interface SupergraphFacts {
  /** SDL of what clients see. */
  readonly apiSdl: string;
  readonly subgraphs: readonly SubgraphFacts[];
}

export interface SubgraphFacts {
  /** As in plans. */
  readonly name: string;
  readonly url: string;
  /** Object, interface and union types of its own schema, by name. */
  readonly types: ReadonlyMap<string, TypeFacts>;
}

export interface TypeFacts {
  readonly possible: ReadonlySet<string>;
  readonly isInterfaceObject: boolean;
  readonly fields: ReadonlyMap<string, FieldFacts>;
}

export interface FieldFacts {
  readonly isNonNull: boolean;
  /** The name of its type, without lists and non-null. */
  readonly typeName: string;
}

/** `planned` is the planner's copy: its subgraphs are those of plans. */
export const readFacts = (source: FederationSupergraph, planned: FederationSupergraph): SupergraphFacts => ({
  apiSdl: printSchema(source.apiSchema().toGraphQLJSSchema()),
  subgraphs: planned.subgraphs().values().map(readSubgraph),
});

const readSubgraph = ({ name, url, schema }: FederationSubgraph): SubgraphFacts => ({
  name,
  url,
  types: new Map(
    schema
      .types()
      .filter(isCompositeType)
      .map((type) => [type.name, readType(type)]),
  ),
});

const readType = (type: CompositeType): TypeFacts => ({
  possible: new Set(possibleRuntimeTypes(type).map(({ name }) => name)),
  isInterfaceObject: isInterfaceObjectType(type),
  fields: new Map(
    (isObjectType(type) || isInterfaceType(type) ? type.allFields() : []).map((field) => [
      field.name,
      { isNonNull: isNonNullType(field.type!), typeName: baseType(field.type!).name },
    ]),
  ),
});
