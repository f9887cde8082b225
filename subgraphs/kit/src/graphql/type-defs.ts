import { readFileSync } from 'node:fs';
import { parse, type DocumentNode } from 'graphql';

/** The `schema.graphql` that lies beside the calling module: `readTypeDefs(import.meta.url)`. */
export function readTypeDefs(moduleUrl: string, file = './schema.graphql'): DocumentNode {
  return parse(readFileSync(new URL(file, moduleUrl), 'utf8'));
}
