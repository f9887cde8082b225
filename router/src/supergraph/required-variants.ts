import {
  Kind,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';

/**
 * Fields required with arguments, `@requires(fields: "price(currency: USD)")`, in the planner's copy of a supergraph.
 * The planner keeps selections by response name, so that what is required and what the client asks of the same
 * field with other arguments would overwrite each other. Each required field that takes arguments gets a field of
 * its own, without arguments; in the plan it is turned back into the real one (plan/required-variants.ts).
 */
export interface RequiredVariants {
  /** By the name of the stand-in. */
  readonly fields: ReadonlyMap<string, RequiredVariant>;
  /** Stand-ins required by `subgraph.Type.field`. */
  readonly requiredBy: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What a stand-in stands for. */
export type RequiredVariant = Pick<FieldNode, 'name' | 'arguments'>;

type ComposedType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** The document with stand-ins, and what they are. */
export function addRequiredVariants(document: DocumentNode): {
  document: DocumentNode;
  variants: RequiredVariants;
} {
  const types = composedTypes(document);
  const graphs = graphNames(document);
  const fields = new Map<string, RequiredVariant>();
  const requiredBy = new Map<string, Set<string>>();
  /** Names of stand-ins by type and by the text of what they stand for. */
  const known = new Map<string, Map<string, string>>();

  const replaced = mapTypes(document, (type) =>
    (type.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? []).map((directive) => replaceRequires(directive, type, field)),
    })),
  );
  if (fields.size === 0) return { document, variants: { fields, requiredBy } };
  return { document: addStandIns(replaced, known, fields), variants: { fields, requiredBy } };

  function replaceRequires(
    directive: ConstDirectiveNode,
    type: ComposedType,
    field: FieldDefinitionNode,
  ): ConstDirectiveNode {
    const requires = stringArgument(directive, 'requires');
    if (directive.name.value !== 'join__field' || requires === undefined) return directive;
    const used = new Set<string>();
    const selectionSet = replaceFields(parseFieldSet(requires), type.name.value, used);
    if (used.size === 0) return directive;
    const graph = graphs.get(enumArgument(directive, 'graph') ?? '');
    requiredBy.set(`${graph}.${type.name.value}.${field.name.value}`, used);
    const value = stripIgnoredCharacters(print(selectionSet)).slice(1, -1);
    const given = directive.arguments?.map((argument) =>
      argument.name.value === 'requires'
        ? { ...argument, value: { kind: Kind.STRING as const, value } }
        : argument,
    );
    return { ...directive, arguments: given ?? [] };
  }

  function replaceFields(set: SelectionSetNode, typeName: string, used: Set<string>): SelectionSetNode {
    const selections = set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? typeName;
        return { ...selection, selectionSet: replaceFields(selection.selectionSet, condition, used) };
      }
      const definition = types.get(typeName)?.fields?.find(({ name }) => name.value === selection.name.value);
      const below = definition && selection.selectionSet;
      const selectionSet = below && replaceFields(below, namedType(definition.type).name.value, used);
      if (!definition?.arguments?.length) return { ...selection, selectionSet };
      const name = standIn(typeName, selection);
      used.add(name);
      return { kind: Kind.FIELD as const, name: { kind: Kind.NAME as const, value: name }, selectionSet };
    });
    return { ...set, selections };
  }

  /** The stand-in's name; it is a field of the type, and where that is an interface of all that implement it. */
  function standIn(typeName: string, { name, arguments: given = [] }: FieldNode): string {
    const text = `${name.value}(${given
      .map((argument) => print(argument))
      .sort()
      .join(',')})`;
    const existing = known.get(typeName)?.get(text);
    if (existing !== undefined) return existing;
    const made = `_required_${fields.size + 1}_${name.value}`;
    fields.set(made, { name, arguments: given });
    for (const type of types.values()) {
      const isPossible = type.interfaces?.some((one) => one.name.value === typeName);
      if (type.name.value !== typeName && !isPossible) continue;
      const ofType = known.get(type.name.value) ?? new Map<string, string>();
      known.set(type.name.value, ofType.set(type.name.value === typeName ? text : made, made));
    }
    return made;
  }
}

/** Each stand-in is found where the real field is found. */
function addStandIns(
  document: DocumentNode,
  known: ReadonlyMap<string, ReadonlyMap<string, string>>,
  variants: ReadonlyMap<string, RequiredVariant>,
): DocumentNode {
  return mapTypes(document, (type) => {
    const made = [...(known.get(type.name.value)?.values() ?? [])].flatMap((name) => {
      const real = type.fields?.find((field) => field.name.value === variants.get(name)?.name.value);
      return real ? [{ ...real, name: { kind: Kind.NAME as const, value: name }, arguments: [] }] : [];
    });
    return [...(type.fields ?? []), ...made];
  });
}

function mapTypes(
  document: DocumentNode,
  fieldsOf: (type: ComposedType) => readonly FieldDefinitionNode[],
): DocumentNode {
  const replace = <Type extends ComposedType>(type: Type): Type => ({ ...type, fields: fieldsOf(type) });
  return visit(document, { ObjectTypeDefinition: replace, InterfaceTypeDefinition: replace });
}

const composedTypes = ({ definitions }: DocumentNode): ReadonlyMap<string, ComposedType> =>
  new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION
        ? [[node.name.value, node] as const]
        : [],
    ),
  );

/** Subgraph names by the values of `join__Graph`. */
function graphNames({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  const graph = definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  const values = graph?.kind === Kind.ENUM_TYPE_DEFINITION ? (graph.values ?? []) : [];
  return new Map(
    values.flatMap(({ name, directives = [] }) =>
      directives.map((directive) => [name.value, stringArgument(directive, 'name') ?? name.value] as const),
    ),
  );
}

const parseFieldSet = (text: string): SelectionSetNode =>
  (parse(`{${text}}`, { noLocation: true }).definitions[0] as OperationDefinitionNode).selectionSet;

const namedType = (type: TypeNode): NamedTypeNode =>
  type.kind === Kind.NAMED_TYPE ? type : namedType(type.type);

const argumentOf = (directive: ConstDirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function enumArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.ENUM ? value.value : undefined;
}
