/** graphql-tools' federation behind GraphQL Yoga; SHARING and FORWARDING as in hive.config.mjs. SUPERGRAPH, PORT. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { createYoga } from 'graphql-yoga';

const forward = (request) => {
  const authorization = request?.context?.request?.headers.get('authorization');
  return authorization ? { authorization } : {};
};

const [, , supergraph, port] = process.argv;
const schema = getStitchedSchemaFromSupergraphSdl({
  supergraphSdl: await readFile(supergraph, 'utf8'),
  httpExecutorOpts: {
    deduplicateInflightRequests: process.env.SHARING === 'on',
    ...(process.env.FORWARDING === 'on' && { headers: forward }),
  },
});
createServer(createYoga({ schema, logging: false })).listen(Number(port), '127.0.0.1');
