import {
  isEnumType,
  isNonNullType,
  isScalarType,
  specifiedScalarTypes,
  type GraphQLLeafType,
  type GraphQLOutputType,
} from 'graphql';
import type { Literals } from './writer.js';

/**
 * The expression that writes the leaf which is assigned to `v`. What is no such leaf goes to `none`, which writes
 * null where null may stand, and else leaves generated code.
 *
 * `isPlain`: no answer has a backslash or anything but ASCII, so that its strings can stand between quotes.
 */
export function leafText(
  type: GraphQLLeafType,
  value: string,
  none: string,
  isPlain: boolean,
  literals: Literals,
): string {
  const string = isPlain ? `"\\"" + v + "\\""` : 'quote(v)';
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return `(${literals(type.name, texts)}.get(v = ${value}) ?? ${none})`;
  }
  switch (nameOf(type)) {
    case 'String':
      return `(typeof (v = ${value}) === "string" ? ${string} : ${none})`;
    case 'ID':
      return `(typeof (v = ${value}) === "string" ? ${string} : Number.isSafeInteger(v) ? "\\"" + v + "\\"" : ${none})`;
    case 'Int':
      return `((v = ${value}) === (v | 0) ? v : ${none})`;
    case 'Float':
      return `(typeof (v = ${value}) === "number" && v - v === 0 ? v : ${none})`;
    case 'Boolean':
      return `((v = ${value}) === true ? "true" : v === false ? "false" : ${none})`;
    default:
      return `((v = ${value}) != null ? ${isPlain ? 'plainJson' : 'JSON.stringify'}(v) : ${none})`;
  }
}

/**
 * The expression that writes what stands between the quotes of a text that is never null, in a plain answer: quotes
 * that are part of the constant text around them cost nothing. Undefined for any other type.
 */
export function quotedText(type: GraphQLOutputType, value: string): string | undefined {
  const isString = `typeof (v = ${value}) === "string"`;
  switch (isNonNullType(type) ? nameOf(type.ofType) : '') {
    case 'String':
      return `(${isString} ? v : anomaly())`;
    case 'ID':
      return `(${isString} || Number.isSafeInteger(v) ? v : anomaly())`;
    default:
      return undefined;
  }
}

/** Of a scalar of the specification. */
const nameOf = (type: GraphQLOutputType): string =>
  isScalarType(type) && specifiedScalarTypes.includes(type) ? type.name : '';
