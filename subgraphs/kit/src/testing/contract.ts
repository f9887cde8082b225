import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isInterfaceType, isObjectType, isUnionType, type GraphQLObjectType } from 'graphql';
import { Registry } from 'prom-client';
import type { BaseContext, Subgraph } from '../graphql/define-subgraph.js';
import { createHealth } from '../http/health.js';
import type { ListeningServer } from '../http/listen.js';
import { serveSubgraph } from '../http/server.js';
import { signViewer, VIEWER_HEADER, type Viewer } from '../viewer.js';
import { silentLog } from './subgraph.js';

interface ContractSubject {
  readonly subgraph: Subgraph;
  /** Entities to resolve by reference: ids of N existing objects of one type, visible to the viewer. */
  readonly entities: { typename: string; ids: readonly string[]; field: string; viewer: Viewer | null };
  /** How many SQL statements the subgraph has sent so far. */
  readonly statements: () => number;
}

const viewerSecret = 'contract-secret-contract-secret-contract';

/** What every subgraph promises; called once by each, with the subgraph on a real database. */
export function describeSubgraphContract(name: string, create: () => Promise<ContractSubject>): void {
  describe(`${name} keeps the subgraph contract`, () => {
    let subject: ContractSubject;
    let server: ListeningServer;

    beforeAll(async () => {
      subject = await create();
      server = await serveSubgraph(subject.subgraph, {
        port: 0,
        host: '127.0.0.1',
        viewerSecret,
        log: silentLog,
        health: createHealth({ nothing: async () => undefined }),
        registry: new Registry(),
      });
    });
    afterAll(() => server.close());

    const post = async (body: unknown, headers: Record<string, string>) => {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as { data?: any; errors?: any[] } };
    };
    const signed = (viewer: Viewer | null, now?: number) => ({
      [VIEWER_HEADER]: signViewer(viewer, { secret: viewerSecret, requestId: 'request-1', now }),
    });
    const entitiesQuery = () =>
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${subject.entities.typename} { ${subject.entities.field} } } }`;
    const references = () =>
      subject.entities.ids.map((id) => ({ __typename: subject.entities.typename, id }));

    it('gives every field of every object type a rule of its own or of its type', () => {
      expect(unruledFields(subject.subgraph)).toEqual([]);
    });

    it('resolves nothing that its schema does not declare', () => {
      expect(strayResolvers(subject.subgraph)).toEqual([]);
    });

    it('resolves many references with a bounded number of statements', async () => {
      const { entities, statements } = subject;
      expect(entities.ids.length).toBeGreaterThan(1);
      const query = async (ids: readonly unknown[]) => {
        const before = statements();
        const answer = await post({ query: entitiesQuery(), variables: { r: ids } }, signed(entities.viewer));
        expect(answer.body.errors).toBeUndefined();
        expect(answer.body.data._entities).toHaveLength(ids.length);
        expect(answer.body.data._entities).not.toContain(null);
        return statements() - before;
      };
      expect(await query(references())).toBe(await query(references().slice(0, 1)));
    });

    it('answers null, not an error, for a reference to nothing', async () => {
      const [existing] = references();
      const missing = `${existing!.id.slice(0, -6)}zzzzzz`;
      const answer = await post(
        { query: entitiesQuery(), variables: { r: [{ ...existing, id: missing }] } },
        signed(subject.entities.viewer),
      );
      expect(answer.body).toEqual({ data: { _entities: [null] } });
    });

    it('refuses requests that the router did not sign', async () => {
      const query = { query: '{ __typename }' };
      const forged = signViewer(null, { secret: 'another-secret-another-secret-another', requestId: 'r' });
      expect((await post(query, {})).status).toBe(401);
      expect((await post(query, { [VIEWER_HEADER]: forged })).status).toBe(401);
      expect((await post(query, { [VIEWER_HEADER]: 'nonsense' })).status).toBe(401);
      expect((await post(query, signed(null, Date.now() - 120_000))).status).toBe(401);
      expect((await post(query, signed(null))).status).toBe(200);
    });

    it('refuses text that PostgreSQL cannot store', async () => {
      const answer = await post(
        { query: 'query ($name: String!) { __type(name: $name) { name } }', variables: { name: 'a\u0000b' } },
        signed(null),
      );
      expect(answer.body.errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    });

    it('answers health probes', async () => {
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    });

    it('masks what it did not expect', async () => {
      const broken = {
        ...subject.subgraph,
        createContext: () => {
          throw new Error('connect to db.internal failed');
        },
      };
      const second = await serveSubgraph(broken as unknown as Subgraph<BaseContext>, {
        port: 0,
        host: '127.0.0.1',
        viewerSecret,
        log: silentLog,
        health: createHealth({}),
        registry: new Registry(),
      });
      const response = await fetch(second.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signed(null) },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      const text = await response.text();
      await second.close();
      expect(response.status).toBe(500);
      expect(text).not.toContain('db.internal');
    });
  });
}

const objectTypes = (subgraph: Subgraph): GraphQLObjectType[] =>
  Object.values(subgraph.schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__'));

function unruledFields(subgraph: Subgraph): string[] {
  const permissions = subgraph.permissions as Record<string, Record<string, unknown> | undefined>;
  return objectTypes(subgraph).flatMap((type) => {
    const rules = permissions[type.name] ?? {};
    return Object.keys(type.getFields())
      .filter((field) => !(field in rules) && !('*' in rules))
      .map((field) => `${type.name}.${field}`);
  });
}

function strayResolvers(subgraph: Subgraph): string[] {
  return subgraph.slices.flatMap(({ resolvers }) =>
    Object.entries(resolvers as Record<string, object>).flatMap(([typeName, fields]) => {
      const type = subgraph.schema.getType(typeName);
      if (!type) return [typeName];
      if (!isObjectType(type) && !isInterfaceType(type) && !isUnionType(type)) return [];
      const known = 'getFields' in type ? type.getFields() : {};
      return Object.keys(fields)
        .filter((field) => !field.startsWith('__') && !(field in known))
        .map((field) => `${typeName}.${field}`);
    }),
  );
}
