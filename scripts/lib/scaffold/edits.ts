import ts from 'typescript';
import { Refusal } from './names.js';

/** Additions to existing sources: found by what they are, not by how they are written; Prettier lays them out after. */
export type Edit = (text: string) => string;

const parse = (text: string) => ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);

function find<Found>(node: ts.Node, pick: (node: ts.Node) => Found | undefined): Found | undefined {
  return pick(node) ?? ts.forEachChild(node, (child) => find(child, pick));
}

const insert = (text: string, at: number, addition: string) => text.slice(0, at) + addition + text.slice(at);

type Literal = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

/** The object or array that `name` stands for: a variable's value, a property's, or the last argument of a call of it. */
function literalOf(name: string) {
  return (node: ts.Node): Literal | undefined => {
    const value =
      (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) && node.name.getText() === name
        ? node.initializer
        : ts.isCallExpression(node) && node.expression.getText() === name
          ? node.arguments.at(-1)
          : undefined;
    return value && (ts.isObjectLiteralExpression(value) || ts.isArrayLiteralExpression(value))
      ? value
      : undefined;
  };
}

const nameOf = (member: ts.Node) =>
  ts.isObjectLiteralElement(member) ? member.name?.getText().replaceAll(/['"]/g, '') : undefined;

/** Adds an element or a property to the object or array called `name`. */
export const addTo =
  (name: string, item: string): Edit =>
  (text) => {
    const literal = find(parse(text), literalOf(name));
    if (!literal) throw new Refusal(`there is no list or object "${name}" to add to.`);
    const members = ts.isObjectLiteralExpression(literal) ? literal.properties : literal.elements;
    const key = /^'?([\w.]+)'?:/.exec(item.trim())?.[1];
    if (key && members.some((member) => nameOf(member) === key))
      throw new Refusal(`"${name}" has "${key}" already.`);
    const comma = members.length > 0 && !members.hasTrailingComma ? ',' : '';
    const last = members.at(-1)?.getEnd();
    const end = literal.getEnd() - 1;
    return comma && last ? insert(insert(text, end, item), last, comma) : insert(text, end, item);
  };

const memberOf = (type: string, name?: string) => (node: ts.Node) =>
  ts.isInterfaceDeclaration(node) && node.name.text === type
    ? name === undefined
      ? node
      : node.members.find((member) => member.name?.getText() === name)
    : undefined;

export const addMember =
  (type: string, name: string, declared: string): Edit =>
  (text) => {
    const target = find(parse(text), memberOf(type));
    if (!target) throw new Refusal(`there is no interface ${type} to add to.`);
    if (find(parse(text), memberOf(type, name))) throw new Refusal(`${type} has "${name}" already.`);
    return insert(text, target.getEnd() - 1, `  readonly ${name}: ${declared};\n`);
  };

/** Makes the type of an interface's property `Existing & added`. */
export const addToIntersection =
  (type: string, property: string, added: string): Edit =>
  (text) => {
    const member = find(parse(text), memberOf(type, property));
    if (!member || !ts.isPropertySignature(member) || !member.type)
      throw new Refusal(`${type} has no property "${property}" to add to.`);
    return insert(text, member.type.getEnd(), ` & ${added}`);
  };

const importsOf = (text: string) => parse(text).statements.filter(ts.isImportDeclaration);
const pathOf = (node: ts.ImportDeclaration) => (node.moduleSpecifier as ts.StringLiteral).text;

/** Imports `names` from a local module; local imports stay in the order of their paths. */
export const addImport =
  (names: string, from: string): Edit =>
  (text) => {
    const imports = importsOf(text);
    const same = imports.find((node) => pathOf(node) === from)?.importClause;
    const isTypeOnly = names.startsWith('type ');
    const bindings = same?.namedBindings;
    if (
      bindings &&
      ts.isNamedImports(bindings) &&
      isTypeOnly &&
      text.slice(same.getStart()).startsWith('type ')
    )
      return insert(text, bindings.elements.at(-1)!.getEnd(), `, ${names.slice('type '.length)}`);
    const line = isTypeOnly
      ? `import type { ${names.slice('type '.length)} } from '${from}';`
      : `import { ${names} } from '${from}';`;
    const next = imports.find((node) => pathOf(node).startsWith('.') && pathOf(node) > from);
    if (next) return insert(text, next.getStart(), `${line}\n`);
    const last = imports.at(-1);
    return last ? insert(text, last.getEnd(), `\n${line}`) : `${line}\n\n${text}`;
  };

export const append =
  (addition: string): Edit =>
  (text) =>
    text.trimEnd() + addition;

/** A name that may be declared already, as `userIds` is almost everywhere. */
export const declareUnlessKnown =
  (name: string, declaration: string): Edit =>
  (text) => {
    const known = find(parse(text), (node) =>
      ts.isVariableDeclaration(node) && node.name.getText() === name ? node : undefined,
    );
    return known ? text : append(`\n${declaration}\n`)(text);
  };
