import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { compactVerify, createLocalJWKSet, CompactSign, generateKeyPair, type JSONWebKeySet } from 'jose';
import jsQR from 'jsqr';
import type { AddressInfo } from 'node:net';
import { PNG } from 'pngjs';
import { dayMs, givenEvents } from '../testing/given.js';
import { createCheckInKeys, createCodes } from './index.js';

const register = `mutation ($id: ID!) { registerForEvent(input: { eventId: $id }) {
  registration { id checkInCode { text svg png } } } }`;
const codeOf = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Registration { checkInCode { text } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

/** As a device at the door does: from the picture and the published keys alone. */
async function verifyPicture(png: string, keys: JSONWebKeySet) {
  const { data, width, height } = PNG.sync.read(Buffer.from(png, 'base64'));
  const scanned = jsQR.default(new Uint8ClampedArray(data), width, height);
  const { payload } = await compactVerify(scanned!.data, createLocalJWKSet(keys), { algorithms: ['EdDSA'] });
  return JSON.parse(new TextDecoder().decode(payload)) as unknown;
}

/** What the route answers, over HTTP. */
async function publishedKeys(): Promise<JSONWebKeySet> {
  const app = express();
  events.subgraph.routes!(app);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/check-in/keys`);
  const keys = (await answer.json()) as JSONWebKeySet;
  await new Promise((resolve) => server.close(resolve));
  return keys;
}

describe('a check-in code', () => {
  it('is verified from its picture with nothing but the published keys', async () => {
    const event = await events.given.event();
    const { data } = await events.as(events.given.person().viewer).execute(register, { id: event.publicId });
    const { id, checkInCode } = data.registerForEvent.registration;
    const said = { kind: 'REGISTRATION', id, event: event.publicId, version: 1 };
    const keys = await publishedKeys();
    expect(await verifyPicture(checkInCode.png, keys)).toEqual(said);
    expect(checkInCode.svg).toMatch(/^<svg [^]*<\/svg>\s*$/);
    const { data: byQuery } = await events.anonymous.execute('{ checkInKeys { kid kty crv alg x } }');
    expect(await verifyPicture(checkInCode.png, { keys: byQuery.checkInKeys })).toEqual(said);
  });

  it('says nothing of a private key, anywhere', async () => {
    const { keys } = await publishedKeys();
    expect(keys.filter((key) => 'd' in key)).toEqual([]);
    const rows = await events.db.checkInKey.findMany();
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });

  it('is for the person alone', async () => {
    const host = events.given.person();
    const event = await events.given.event({ organizerId: host.id });
    const { viewer } = events.given.person();
    const { data } = await events.as(viewer).execute(register, { id: event.publicId });
    const r = [{ __typename: 'Registration', id: data.registerForEvent.registration.id }];
    const impersonator = { ...viewer, impersonatorId: host.id };
    for (const other of [host.viewer, impersonator]) {
      const answer = await events.as(other).execute(codeOf, { r });
      expect(answer.data._entities[0]).toEqual({ checkInCode: null });
      expect(answer.codes).toEqual(['FORBIDDEN']);
    }
    const own = await events.as(viewer).execute(codeOf, { r });
    expect(own.data._entities[0].checkInCode.text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

describe('the keys', () => {
  const secret = 'another-secret-for-tests-0123456789abcdef';
  const admittance = { kind: 'TICKET', id: 'tkt_1', eventId: 'evt_1', codeVersion: 3 } as const;
  const fresh = async () => {
    await events.db.checkInKey.deleteMany();
    const keys = createCheckInKeys({ db: events.db, clock: events.clock, secret });
    return { keys, codes: createCodes(keys) };
  };

  it('are one, however many processes start at once', async () => {
    await events.db.checkInKey.deleteMany();
    const { clock } = events;
    const instances = Array.from({ length: 4 }, () => createCheckInKeys({ db: events.db, clock, secret }));
    const sets = await Promise.all(instances.map((keys) => keys.jwks()));
    expect(new Set(sets.map(({ keys }) => keys.map(({ kid }) => kid).join())).size).toBe(1);
    expect(await events.db.checkInKey.count()).toBe(1);
  });

  it('follow one another: the next is published before it signs, and what the last one signed stays good', async () => {
    const { keys, codes } = await fresh();
    const old = await codes.sign(admittance);
    const kids = async () => (await keys.jwks()).keys.map(({ kid }) => kid);
    const [first] = await kids();
    events.clock.advance(360 * dayMs);
    await keys.rotate();
    await keys.rotate();
    expect(await kids()).toHaveLength(2);
    expect((await keys.signer()).kid).toBe(first);
    events.clock.advance(15 * dayMs);
    expect((await keys.signer()).kid).toBe((await kids())[1]);
    expect(await codes.read(old)).toEqual(admittance);
    expect(await codes.read(await codes.sign(admittance))).toEqual(admittance);
  });

  it('know no code that somebody else signed, that was altered, or that is something else', async () => {
    const { keys, codes } = await fresh();
    const good = await codes.sign(admittance);
    const [head, body, signature] = good.split('.') as [string, string, string];
    const { privateKey } = await generateKeyPair('EdDSA');
    const { kid, key } = await keys.signer();
    const sign = (by: typeof privateKey, typ: string) =>
      new CompactSign(Buffer.from(body, 'base64url')).setProtectedHeader({ alg: 'EdDSA', kid, typ }).sign(by);
    const more = { ...admittance, codeVersion: 9 };
    const altered = Buffer.from(JSON.stringify(more)).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid, typ: 'checkin+jws' })).toString('base64url');
    const forged = [
      await sign(privateKey, 'checkin+jws'),
      await sign(key, 'JWT'),
      `${head}.${altered}.${signature}`,
      `${none}.${body}.`,
      'nonsense',
      '',
    ];
    expect(await Promise.all(forged.map(codes.read))).toEqual(forged.map(() => null));
    expect(await codes.read(good)).toEqual(admittance);
  });
});
