import type { ConstDirectiveNode, ConstValueNode, GraphQLSchema } from 'graphql';
import { Kind, valueFromASTUntyped } from 'graphql';

/** A directive by its name in the specification to its name in this SDL; undefined when it is not linked. */
export type LinkedDirective = (name: string) => string | undefined;

/**
 * What the directives of one feature are called in an SDL, by its `@link` (specs.apollo.dev/link/v1.0): imported,
 * perhaps under another name; else the feature's own name for the directive of that name, and `feature__directive`
 * for others. Without a link nothing of that name means anything.
 */
export function linkedDirectives(source: GraphQLSchema, feature: string): LinkedDirective {
  const link = linksOf(source).find(({ url }) => featureOf(url) === feature);
  if (!link) return () => undefined;
  const prefix = link.as ?? feature;
  return (name) =>
    link.imports.get(`@${name}`)?.slice(1) ?? (name === feature ? prefix : `${prefix}__${name}`);
}

interface Link {
  readonly url: string;
  readonly as: string | undefined;
  /** Names as the specification has them to names here; both begin with `@`. */
  readonly imports: ReadonlyMap<string, string>;
}

function linksOf(source: GraphQLSchema): Link[] {
  const nodes = [source.astNode, ...source.extensionASTNodes].flatMap((node) => node?.directives ?? []);
  // The link specification may itself be linked under another name; its argument `url` makes out what is a link.
  return nodes.flatMap((node) => readLink(node) ?? []);
}

function readLink(node: ConstDirectiveNode): Link | undefined {
  const url = textOf(argument(node, 'url'));
  if (url === undefined) return undefined;
  const listed = argument(node, 'import');
  const items = listed?.kind === Kind.LIST ? listed.values : listed ? [listed] : [];
  return { url, as: textOf(argument(node, 'as')), imports: new Map(items.flatMap(readImport)) };
}

/** `"@name"`, or `{ name: "@name", as: "@other" }`. */
function readImport(item: ConstValueNode): [string, string][] {
  const value: unknown = valueFromASTUntyped(item);
  if (typeof value === 'string') return [[value, value]];
  const { name, as = name } = (value ?? {}) as { name?: unknown; as?: unknown };
  return typeof name === 'string' && typeof as === 'string' ? [[name, as]] : [];
}

const argument = (node: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  node.arguments?.find((given) => given.name.value === name)?.value;

const textOf = (value: ConstValueNode | undefined): string | undefined =>
  value?.kind === Kind.STRING ? value.value : undefined;

/** `https://specs.apollo.dev/requiresScopes/v0.1` to `requiresScopes`. */
const featureOf = (url: string): string | undefined =>
  /^https:\/\/specs\.apollo\.dev\/([^/]+)\/v\d+\.\d+\/?$/.exec(url)?.[1];
