import { readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import qs from 'qs';
import type { Exchange } from './local-server.js';

type Json = Record<string, unknown>;
interface Operation {
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const pointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Reads a description that `trim-description.ts` cut. */
export const readDescription = (url: URL): Description =>
  JSON.parse(readFileSync(url, 'utf8')) as Description;

/** Adds to a description what its vendor added to the API since: `place` leads to a schema's fields or values. */
export function amend(
  description: Description,
  place: readonly string[],
  added: Json | readonly string[],
): void {
  const target = place.reduce((at, part) => at[part] as Json, description as unknown as Json);
  if (Array.isArray(target)) target.push(...(added as readonly string[]));
  else Object.assign(target, added);
}

/**
 * Says what of a request is not as the vendor's published API description (OpenAPI 3.0) has it: paths, query, and body,
 * where unknown fields are faults too.
 */
export function createRequestCheck(description: Description): (exchange: Exchange) => string[] {
  const root = closed(description, description as unknown as Json) as Json;
  const ajv = new Ajv2019({
    strict: false,
    coerceTypes: true,
    allErrors: true,
    unicodeRegExp: false,
    logger: false,
  });
  (addFormats as unknown as (to: Ajv2019) => void)(ajv);
  ajv.addSchema(root, 'api');
  const faultsOf = (place: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`api#${place}`);
    if (!validate) throw new Error(`The description has no schema at ${place}`);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (fault) => `${fault.instancePath} ${fault.message} ${JSON.stringify(fault.params)}`,
    );
  };

  return (exchange) => {
    const method = exchange.method.toLowerCase();
    const path = Object.keys(description.paths).find((template) => matches(template, exchange.path));
    const operation = path === undefined ? undefined : description.paths[path]![method];
    if (path === undefined || !operation) return [`${exchange.method} ${exchange.path} is not described`];
    const base = `/paths/${pointer(path)}/${method}`;
    const faults = queryFaults(
      root,
      exchange.query,
      operation,
      (place, value) => faultsOf(place ?? base, value),
      base,
    );
    const { place, content } = bodyOf(root, base, operation);
    if (exchange.body === '' || exchange.body === '{}' || !content) return faults;
    const type = Object.keys(content)[0]!;
    const value: unknown = type.includes('json')
      ? JSON.parse(exchange.body)
      : qs.parse(exchange.body, { depth: 10 });
    return [...faults, ...faultsOf(`${place}/content/${pointer(type)}/schema`, value)];
  };
}

const matches = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path);

function resolve(root: Json, value: Json): { value: Json; place: string | undefined } {
  const ref = value['$ref'];
  if (typeof ref !== 'string') return { value, place: undefined };
  const parts = ref.slice(2).split('/');
  return { value: parts.reduce((at, part) => at[part] as Json, root), place: ref.slice(1) };
}

function bodyOf(root: Json, base: string, { requestBody }: Operation) {
  if (!requestBody) return { place: base, content: undefined };
  const { value, place = `${base}/requestBody` } = resolve(root, requestBody);
  return { place, content: value['content'] as Json | undefined };
}

function queryFaults(
  root: Json,
  query: string,
  { parameters = [] }: Operation,
  faultsOf: (place: string | undefined, value: unknown) => string[],
  base: string,
): string[] {
  const given = qs.parse(query, { ignoreQueryPrefix: true, depth: 10 });
  const known = parameters.map((parameter, at) => {
    const { value, place = `${base}/parameters/${at}` } = resolve(root, parameter);
    return { name: String(value['name']), where: value['in'], isRequired: value['required'] === true, place };
  });
  const allowed = known.filter(({ where }) => where === 'query');
  return [
    ...Object.keys(given)
      .filter((name) => !allowed.some((each) => each.name === name))
      .map((name) => `query ${name} is not described`),
    ...allowed.flatMap(({ name, isRequired, place }) => {
      if (given[name] !== undefined) return faultsOf(`${place}/schema`, given[name]);
      return isRequired ? [`query ${name} is missing`] : [];
    }),
  ];
}

/** JSON Schema of OpenAPI 3.0: `nullable` as a type, and objects that are used as values take no unknown fields. */
function closed(value: unknown, root: Json, isValue = false): unknown {
  if (Array.isArray(value)) return value.map((each) => closed(each, root));
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Json;
  const next = Object.fromEntries(
    Object.entries(rest).map(([key, each]) => {
      if (key === 'properties' && typeof each === 'object') {
        const fields = Object.entries(each as Json).map(([name, field]) => [name, closed(field, root, true)]);
        return [key, Object.fromEntries(fields)];
      }
      return [key, closed(each, root, key === 'items' || key === 'schema')];
    }),
  );
  const schema = isValue && isObject(rest, root) ? { ...next, unevaluatedProperties: false } : next;
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function isObject(schema: Json, root: Json): boolean {
  if (schema['additionalProperties'] !== undefined) return false;
  if (schema['properties'] !== undefined) return true;
  if (typeof schema['$ref'] === 'string') return isObject(resolve(root, schema).value, root);
  return Array.isArray(schema['allOf']) && schema['allOf'].some((each) => isObject(each as Json, root));
}
