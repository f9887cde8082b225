import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines, personalDataOf } from '@diaspora/kit/testing';
import { officeIds } from '../ids.js';
import { endLapsedOffice } from '../jobs.js';
import { givenUsers, withRole } from '../testing/given.js';
import { officeActions } from '../testing/offices.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof officeActions>;
beforeAll(async () => {
  users = await givenUsers({ consulsPerCity: 2, ambassadorsPerCountry: 2 });
  actions = officeActions(users);
});
afterAll(() => users.stop());

/** An ambassador with two consuls. */
async function scene(countryCode: string) {
  const country = await actions.country(countryCode);
  const consuls = await Promise.all(
    ['Port', 'Lake'].map(async (city) => {
      const person = await users.given.person();
      const place = { countryCode, city };
      const { office } = await actions.appoint(country.ambassador, 'appointConsul', person, place);
      return { ...person, officeId: office.id as string };
    }),
  );
  return { ...country, consuls: consuls as [(typeof consuls)[0], (typeof consuls)[0]] };
}
const statusesOf = async (countryCode: string) => {
  const query = `query ($code: CountryCode!) { offices(countryCode: $code, first: 20) { nodes { status } } }`;
  const { data } = await users.anonymous.execute(query, { code: countryCode });
  return data.offices.nodes.map(({ status }: { status: string }) => status);
};

describe('the end of an ambassador', () => {
  it('leaves the consuls of the country in office and needing confirmation, and the super users hear of it', async () => {
    const { root, officeId, consuls } = await scene('PT');
    const { office } = await actions.run(root.viewer, 'endOffice', { officeId, reason: 'It was time.' });
    expect(office).toMatchObject({ status: 'ENDED', endCause: 'REVOKED' });
    expect(await statusesOf('PT')).toEqual(['NEEDS_CONFIRMATION', 'NEEDS_CONFIRMATION']);
    for (const consul of consuls) {
      const told = (await users.messages(consul.publicId)).at(-1)!;
      expect(told).toMatchObject({
        type: 'office.needsConfirmation',
        data: { officeId: consul.officeId, role: 'CONSUL', countryCode: 'PT' },
      });
      expect(told.data['confirmerIds']).toContain(root.publicId);
      // The authority is as it was: no token ages.
      expect(await actions.epochOf(consul)).toBe(1);
      const lines = await auditLines(users.db, consul.officeId);
      expect(lines.map(({ action }) => action)).toEqual(['office.appointed', 'office.leftToConfirm']);
    }
  });

  it.each([
    ['by resignation', 'PL', 'RESIGNED'],
    ['at the end of the term', 'SE', 'TERM_OVER'],
  ])('does so %s too', async (_name, countryCode, cause) => {
    const { ambassador, officeId } = await scene(countryCode);
    const id = officeIds.decode(officeId);
    if (cause === 'RESIGNED') await actions.run(ambassador.viewer, 'endOffice', { officeId });
    else {
      await users.db.office.update({ where: { id }, data: { endsAt: new Date(actions.inDays(1)) } });
      users.clock.advance(86_400_000);
      await users.run(endLapsedOffice, { officeId: id });
    }
    expect((await actions.rowOf(officeId)).endCause).toBe(cause);
    expect(await statusesOf(countryCode)).toEqual(['NEEDS_CONFIRMATION', 'NEEDS_CONFIRMATION']);
  });

  it.each([
    ['is terminated', 'RO', 'REVOKED'],
    ['is erased', 'RU', 'RESIGNED'],
  ])('leaves the consuls needing confirmation too when their account %s', async (how, countryCode, cause) => {
    const { root, ambassador, officeId, consuls } = await scene(countryCode);
    const terminate = `mutation ($input: TerminateAccountInput!) {
      terminateAccount(input: $input) { userErrors { code } } }`;
    if (how === 'is erased')
      await personalDataOf(users.subgraph.jobs!, users.privateStore).erase(ambassador.id);
    else
      await users
        .as(root.viewer)
        .execute(terminate, { input: { userId: ambassador.publicId, reason: 'Fraud.' } });
    expect((await actions.rowOf(officeId)).endCause).toBe(cause);
    expect(await statusesOf(countryCode)).toEqual(['NEEDS_CONFIRMATION', 'NEEDS_CONFIRMATION']);
    for (const consul of consuls) {
      expect((await users.messages(consul.publicId)).at(-1)?.type).toBe('office.needsConfirmation');
      expect(await actions.epochOf(consul)).toBe(1);
    }
  });

  it('is not up to another ambassador, of the country or of any', async () => {
    const { root, officeId, consuls, countryCode } = await scene('SC');
    const person = await users.given.person();
    const appointed = await actions.appoint(root, 'appointAmbassador', person, { countryCode });
    const colleague = withRole(person.viewer, 'AMBASSADOR', { countryCode });
    const { ambassador: foreigner } = await scene('SM');
    for (const viewer of [colleague, foreigner.viewer, withRole(foreigner.viewer, 'SUPER_USER')]) {
      const answer = await actions.run(viewer, 'endOffice', { officeId, reason: 'There is one too many.' });
      expect([answer.refusal, answer.office ?? null]).toEqual(['FORBIDDEN', null]);
    }
    expect(await actions.rowOf(officeId)).toMatchObject({ endedAt: null, endCause: null });
    expect(await statusesOf(countryCode)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    const lines = await auditLines(users.db, officeId);
    expect(lines.map(({ action }) => action)).toEqual(['office.appointed']);
    // One’s own office and one’s own consuls are.
    for (const id of [consuls[0].officeId, appointed.office.id as string])
      expect((await actions.run(colleague, 'endOffice', { officeId: id })).refusal).toBeUndefined();
  });

  it('leaves those whom another ambassador of the country appointed as they are, who hears of the others', async () => {
    const { root, officeId, consuls, countryCode } = await scene('SN');
    const person = await users.given.person();
    await actions.appoint(root, 'appointAmbassador', person, { countryCode });
    const colleague = { ...person, viewer: withRole(person.viewer, 'AMBASSADOR', { countryCode }) };
    const own = await actions.appoint(colleague, 'appointConsul', await users.given.person(), {
      ...{ countryCode, city: 'Bay' },
    });
    await actions.run(root.viewer, 'endOffice', { officeId });
    for (const consul of consuls) {
      expect((await actions.rowOf(consul.officeId)).needsConfirmationSince).toEqual(users.clock.now());
      const told = (await users.messages(consul.publicId)).at(-1)!;
      expect(told.type).toBe('office.needsConfirmation');
      expect(told.data['confirmerIds']).toEqual(expect.arrayContaining([root.publicId, person.publicId]));
      const confirmed = await actions.run(colleague.viewer, 'confirmOffice', { officeId: consul.officeId });
      expect(confirmed.office.status).toBe('ACTIVE');
    }
    expect((await actions.rowOf(own.office.id as string)).needsConfirmationSince).toBeNull();
  });

  it('leaves those whom another confirmed to the one who did, and not to whoever appointed them', async () => {
    const { root, ambassador, officeId, consuls, countryCode } = await scene('SB');
    const [person, third] = [await users.given.person(), await users.given.person()];
    const colleagues = await actions.appoint(root, 'appointAmbassador', person, { countryCode });
    const colleague = withRole(person.viewer, 'AMBASSADOR', { countryCode });
    await actions.run(ambassador.viewer, 'endOffice', { officeId });
    const [consul, other] = consuls;
    await actions.run(colleague, 'confirmOffice', { officeId: consul.officeId });
    await actions.run(root.viewer, 'confirmOffice', { officeId: other.officeId });
    const answering = `query ($code: CountryCode!) {
      offices(countryCode: $code, first: 20) { nodes { id confirmer { id } } } }`;
    const { data } = await users.anonymous.execute(answering, { code: countryCode });
    expect(data.offices.nodes).toEqual(
      expect.arrayContaining([
        { id: consul.officeId, confirmer: { id: person.publicId } },
        { id: other.officeId, confirmer: { id: root.publicId } },
        { id: colleagues.office.id, confirmer: null },
      ]),
    );
    // The first comes again, and goes again: neither is theirs any more.
    const { office: again } = await actions.appoint(root, 'appointAmbassador', ambassador, { countryCode });
    await actions.run(root.viewer, 'endOffice', { officeId: again.id });
    expect(await statusesOf(countryCode)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
    await actions.appoint(root, 'appointAmbassador', third, { countryCode });
    await actions.run(root.viewer, 'endOffice', { officeId: colleagues.office.id });
    const needing = [consul, other].map(
      async (each) => (await actions.rowOf(each.officeId)).needsConfirmationSince !== null,
    );
    expect(await Promise.all(needing)).toEqual([true, false]);
  });

  it('leaves other countries and those of a successor alone', async () => {
    const [gone, other] = [await scene('SI'), await scene('SK')];
    await actions.run(gone.root.viewer, 'endOffice', { officeId: gone.officeId });
    expect(await statusesOf('SK')).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
    expect(other.consuls).toHaveLength(2);
    const person = await users.given.person();
    await actions.appoint(gone.root, 'appointAmbassador', person, { countryCode: 'SI' });
    const successor = withRole(person.viewer, 'AMBASSADOR', { countryCode: 'SI' });
    for (const { officeId } of gone.consuls)
      expect((await actions.run(successor, 'confirmOffice', { officeId })).refusal).toBeUndefined();
    expect(await statusesOf('SI')).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
  });

  it('does not miss a consul whom the ambassador appoints at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const countryCode = ['MT', 'MC', 'MD', 'ME', 'MK'][round]!;
      const { root, ambassador, officeId } = await scene(countryCode);
      const person = await users.given.person();
      const place = { countryCode, city: 'Late' };
      const [, late] = await Promise.all([
        actions.run(root.viewer, 'endOffice', { officeId }),
        actions.appoint(ambassador, 'appointConsul', person, place),
      ]);
      const needing = (await statusesOf(countryCode)).filter((status: string) => status !== 'ACTIVE');
      expect(needing).toHaveLength(late.office ? 3 : 2);
    }
  });
});

describe('a confirmation', () => {
  it('is for those above, never for the consul, peers or other countries', async () => {
    const { root, officeId, consuls } = await scene('NO');
    const elsewhere = await scene('RS');
    await actions.run(root.viewer, 'endOffice', { officeId });
    const [consul, peer] = consuls;
    const input = { officeId: consul.officeId };
    const roles = ['SUPER_USER', 'AMBASSADOR', 'CONSUL', 'REGULAR'];
    for (const person of [consul, peer, elsewhere.ambassador, elsewhere.consuls[0]]) {
      const pretending = { ...person.viewer, roles };
      expect((await actions.run(pretending, 'confirmOffice', input)).refusal).toBe('FORBIDDEN');
    }
    expect((await actions.rowOf(consul.officeId)).needsConfirmationSince).not.toBeNull();
    const { office } = await actions.run(root.viewer, 'confirmOffice', input);
    expect(office).toMatchObject({ status: 'ACTIVE', needsConfirmationSince: null });
    expect((await users.messages(consul.publicId)).at(-1)?.type).toBe('office.confirmed');
    const again = await actions.run(root.viewer, 'confirmOffice', input);
    expect([again.refusal, (await users.messages(consul.publicId)).length]).toEqual([undefined, 3]);
  });

  it('is asked for in one list, of which everybody sees what they can decide', async () => {
    const { root, officeId, consuls } = await scene('UA');
    await actions.run(root.viewer, 'endOffice', { officeId });
    const person = await users.given.person();
    await actions.appoint(root, 'appointAmbassador', person, { countryCode: 'UA' });
    const elsewhere = await actions.country('VA');
    const list = `{ officesToConfirm(first: 100) { nodes { id } } }`;
    const ids = async (viewer: typeof root.viewer) => {
      const { data, codes } = await users.as(viewer).execute(list);
      return codes[0] ?? data.officesToConfirm.nodes.map(({ id }: { id: string }) => id);
    };
    const own = consuls.map((consul) => consul.officeId).sort();
    const successor = withRole(person.viewer, 'AMBASSADOR');
    expect((await ids(successor)).sort()).toEqual(own);
    expect(await ids(root.viewer)).toEqual(expect.arrayContaining(own));
    expect(await ids(elsewhere.ambassador.viewer)).toEqual([]);
    expect(await ids(withRole(consuls[0].viewer, 'CONSUL'))).toBe('FORBIDDEN');
  });
});
