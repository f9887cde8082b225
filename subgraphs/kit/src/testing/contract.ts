import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isInterfaceType, isObjectType, isUnionType, type GraphQLObjectType } from 'graphql';
import type { Subgraph } from '../graphql/define-subgraph.js';
import type { ListeningServer } from '../http/listen.js';
import { signViewer, VIEWER_HEADER, type Viewer } from '../viewer.js';
import { serve, viewerSecret } from './serve.js';

interface ServiceSubject {
  readonly subgraph: Subgraph;
}

interface EntityOwner extends ServiceSubject {
  /** Existing objects of one type to resolve by reference, visible to the viewer. */
  readonly entities: { typename: string; ids: readonly string[]; field: string; viewer: Viewer | null };
  /** How many SQL statements the subgraph has sent so far. */
  readonly statements: () => number;
}

const signed = (viewer: Viewer | null, now?: number) => ({
  [VIEWER_HEADER]: signViewer(viewer, { secret: viewerSecret, requestId: 'request-1', now }),
});

async function post(url: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as { data?: any; errors?: any[] } };
}

/** What every subgraph that owns entities promises; called once by each, with the subgraph on a real database. */
export function describeSubgraphContract(name: string, create: () => Promise<EntityOwner>): void {
  let made: Promise<EntityOwner> | undefined;
  const once = () => (made ??= create());
  describeServiceContract(name, once);
  describeReferences(name, once);
}

function describeReferences(name: string, create: () => Promise<EntityOwner>): void {
  describe(`${name} resolves references to its entities`, () => {
    let subject: EntityOwner;
    let server: ListeningServer;
    beforeAll(async () => {
      subject = await create();
      server = await serve(subject.subgraph);
    });
    afterAll(() => server.close());

    const resolve = ({ entities }: EntityOwner, ids: readonly string[]) => {
      const { typename, field, viewer } = entities;
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${field} } } }`;
      const r = ids.map((id) => ({ __typename: typename, id }));
      return post(server.url, { query, variables: { r } }, signed(viewer));
    };

    it('with as many statements for many as for one', async () => {
      const { ids } = subject.entities;
      expect(ids.length).toBeGreaterThan(1);
      const statementsFor = async (some: readonly string[]) => {
        const before = subject.statements();
        const { body } = await resolve(subject, some);
        expect(body.errors).toBeUndefined();
        expect(body.data._entities).toHaveLength(some.length);
        expect(body.data._entities).not.toContain(null);
        return subject.statements() - before;
      };
      const one = await statementsFor(ids.slice(0, 1));
      expect(one).toBeGreaterThan(0); // or nobody counts
      expect(await statementsFor(ids)).toBe(one);
    });

    it.each([
      ['missing', (id: string) => `${id.slice(0, -6)}zzzzzz`],
      ['malformed', () => 'nonsense'],
      ['foreign', () => 'zzz_01h455vb4pex5vsknk084sn02q'],
    ])('with null, not an error, when one is %s', async (_name, alter) => {
      const { body } = await resolve(subject, [alter(subject.entities.ids[0]!)]);
      expect(body).toEqual({ data: { _entities: [null] } });
    });
  });
}

/** What every subgraph promises, one without entities of its own included. */
export function describeServiceContract(name: string, create: () => Promise<ServiceSubject>): void {
  describe(`${name} keeps the subgraph contract`, () => {
    let subject: ServiceSubject;
    let server: ListeningServer;
    const subgraph = () => subject.subgraph;
    beforeAll(async () => {
      subject = await create();
      server = await serve(subject.subgraph);
    });
    afterAll(() => server.close());

    it('gives every field of every object type a rule of its own or of its type', () => {
      expect(unruledFields(subgraph())).toEqual([]);
    });

    it('resolves nothing that its schema does not declare', () => {
      expect(strayResolvers(subgraph())).toEqual([]);
    });

    it('handles each kind of message in one place, as it would not start otherwise', () => {
      const kinds = (subgraph().handlers ?? []).map(({ source, type, version }) =>
        [source, type, version].join(' '),
      );
      expect(kinds).toEqual([...new Set(kinds)]);
    });

    it('refuses requests that the router did not sign', async () => {
      const statusWith = async (headers: Record<string, string>) =>
        (await post(server.url, { query: '{ __typename }' }, headers)).status;
      const forged = signViewer(null, { secret: 'another-secret-another-secret-another', requestId: 'r' });
      expect(await statusWith({})).toBe(401);
      expect(await statusWith({ [VIEWER_HEADER]: forged })).toBe(401);
      expect(await statusWith({ [VIEWER_HEADER]: 'nonsense' })).toBe(401);
      expect(await statusWith(signed(null, Date.now() - 120_000))).toBe(401);
      expect(await statusWith(signed(null))).toBe(200);
    });

    it('refuses text that PostgreSQL cannot store', async () => {
      const query = 'query ($name: String!) { __type(name: $name) { name } }';
      const { body } = await post(server.url, { query, variables: { name: 'a\u0000b' } }, signed(null));
      expect(body.errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    });

    it('answers health probes', async () => {
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    });

    it('masks what it did not expect', async () => {
      const createContext = () => {
        throw new Error('connect to db.internal failed');
      };
      const broken = await serve({ ...subgraph(), createContext });
      const { status, text } = await post(broken.url, { query: '{ __typename }' }, signed(null));
      await broken.close();
      expect(status).toBe(500);
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
