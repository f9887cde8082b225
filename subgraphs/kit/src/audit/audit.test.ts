import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { createBus, type Bus } from '../messages/testing.js';
import { inOperation, type OperationScope } from '../operation.js';
import { aViewer } from '../testing/subgraph.js';
import { createAudit, type AuditEntry } from './audit.js';

const audit = createAudit({ source: 'clicks' });
const entry: AuditEntry = { action: 'click.removed', subject: { type: 'Click', id: 'clk_1' } };
const viewer = aViewer();
const request: OperationScope = {
  cause: 'request',
  viewer,
  origin: { address: '203.0.113.7', userAgent: 'Diaspora/1.0' },
  requestId: 'request-7',
};

describe('the audit trail of a subgraph', () => {
  let bus: Bus;
  beforeAll(async () => {
    bus = await createBus();
  });
  afterAll(() => bus.close());

  async function recorded(scope: OperationScope | undefined, overrides: Partial<AuditEntry> = {}) {
    const write = () => bus.transaction((tx) => audit.record(tx, { ...entry, ...overrides }));
    await (scope ? inOperation(scope, write) : write());
    const { rows } = await bus.pool.query<{ envelope: { data: unknown } }>(
      `SELECT envelope FROM kit.outbox WHERE type = 'audit.recorded' ORDER BY position DESC LIMIT 1`,
    );
    return rows[0]?.envelope.data;
  }

  it('says who did what to what, when, from where and why', async () => {
    const personId = v7();
    const change = { personId, before: { n: 1 }, after: { n: 2 }, reason: 'asked for' };
    expect(await recorded(request, change)).toEqual({
      ...entry,
      ...change,
      actor: { kind: 'PERSON', id: viewer.id },
      onBehalfOfId: null,
      requestId: 'request-7',
      address: '203.0.113.7',
      userAgent: 'Diaspora/1.0',
    });
  });

  const other = aViewer();
  it.each([
    ['a service account', { viewer: { ...viewer, kind: 'service' as const } }, 'SERVICE', viewer.id, null],
    ['a visitor', { viewer: null }, 'ANONYMOUS', null, null],
    ['what a message causes', { viewer: null, cause: 'message' as const }, 'SYSTEM', null, null],
    [
      'whoever impersonates another',
      { viewer: { ...viewer, impersonatorId: other.id } },
      'PERSON',
      other.id,
      viewer.id,
    ],
  ])('names as the actor %s', async (_name, scope, kind, id, onBehalfOfId) => {
    expect(await recorded({ ...request, ...scope })).toMatchObject({ actor: { kind, id }, onBehalfOfId });
  });

  it('names the system in background work, and whom the caller names', async () => {
    expect(await recorded(undefined)).toMatchObject({ actor: { kind: 'SYSTEM', id: null }, requestId: null });
    expect(await recorded({ ...request, viewer: null }, { actorId: other.id })).toMatchObject({
      actor: { kind: 'PERSON', id: other.id },
    });
  });

  it('keeps nothing of a change that was not made', async () => {
    const count = async () =>
      (await bus.pool.query<{ count: string }>('SELECT count(*) FROM kit.outbox')).rows[0]?.count;
    const before = await count();
    const failing = bus.transaction(async (tx) => {
      await audit.record(tx, entry);
      throw new Error('not made');
    });
    await expect(failing).rejects.toThrow('not made');
    expect(await count()).toBe(before);
  });
});
