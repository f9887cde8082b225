import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers, password, withRole } from '../testing/given.js';

const open = 'version isRegistrationOpen maintenanceNotice minimumAge consulEventsPerYear';
const update = `mutation ($input: UpdatePlatformSettingsInput!) { updatePlatformSettings(input: $input) {
  settings { ${open} auditYears changedBy { id } } userErrors { code path } } }`;
const register = `mutation ($input: RegisterInput!) { register(input: $input) { isAccepted userErrors { code path } } }`;

describe('the settings of the platform', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let chief: Awaited<ReturnType<typeof users.given.person>>;
  beforeAll(async () => {
    users = await givenUsers();
    chief = await users.given.person({ isSuperUser: true });
  });
  afterAll(() => users.stop());

  const shown = async (viewer: Viewer | null = null, fields = open) =>
    users.as(viewer).execute(`{ platformSettings { ${fields} } }`);
  const version = async () => (await shown()).data.platformSettings.version as number;
  const change = async (changes: object, viewer: Viewer | null = chief.viewer) => {
    const input = { expectedVersion: await version(), ...changes };
    return users.as(viewer).execute(update, { input });
  };
  const changed = async (changes: object) => {
    const { settings, userErrors } = (await change(changes)).data.updatePlatformSettings;
    expect(userErrors).toEqual([]);
    return settings;
  };
  let count = 0;
  const signUp = async (more: object = {}) => {
    const input = {
      email: `new-${++count}@example.org`,
      password,
      displayName: 'Ana',
      languages: ['ro'],
      countryOfOrigin: 'RO',
      countryOfResidence: 'DE',
      ...more,
    };
    return (await users.anonymous.execute(register, { input })).data.register;
  };

  it('are open to everybody, but for what concerns super users', async () => {
    await users.db.platformSettings.update({ where: { version: 1 }, data: { changedBy: chief.id } });
    expect((await shown()).data.platformSettings).toEqual({
      version: 1,
      isRegistrationOpen: true,
      maintenanceNotice: null,
      minimumAge: null,
      consulEventsPerYear: 4,
    });
    const member = await users.given.person();
    for (const viewer of [null, member.viewer, withRole(member.viewer, 'AMBASSADOR', { countryCode: 'DE' })])
      for (const field of ['auditYears', 'changedBy { id }']) {
        const { data } = await shown(viewer, field);
        expect(Object.values(data.platformSettings)).toEqual([null]);
      }
    expect((await shown(chief.viewer, 'auditYears')).data.platformSettings).toEqual({ auditYears: 7 });
  });

  it('change by a version, are told and recorded; what is left out stays, null clears', async () => {
    const before = await version();
    expect(await changed({ maintenanceNotice: 'Tonight at ten.', auditYears: 10 })).toMatchObject({
      version: before + 1,
      isRegistrationOpen: true,
      maintenanceNotice: 'Tonight at ten.',
      auditYears: 10,
      changedBy: { id: chief.publicId },
    });
    expect(await changed({ isRegistrationOpen: null, consulEventsPerYear: 6 })).toMatchObject({
      isRegistrationOpen: true,
      maintenanceNotice: 'Tonight at ten.',
      consulEventsPerYear: 6,
    });
    expect((await changed({ maintenanceNotice: null })).maintenanceNotice).toBeNull();
    const told = await users.messages('platform');
    expect(told.map(({ type }) => type)).toEqual(Array(3).fill('platform.settingsChanged'));
    expect(told[0]!.data).toMatchObject({ version: before + 1, maintenanceNotice: 'Tonight at ten.' });
    const [line] = await auditLines(users.db, 'platform');
    expect(line).toMatchObject({
      action: 'platform.settingsChanged',
      actor: { id: chief.id },
      before: { auditYears: 7 },
      after: { auditYears: 10 },
    });
    expect(await users.db.platformSettings.count()).toBe(before + 3);
  });

  it('are changed once when two change the same version at once', async () => {
    const expectedVersion = await version();
    const answers = await Promise.all(
      [5, 8].map((consulEventsPerYear) => change({ expectedVersion, consulEventsPerYear })),
    );
    const payloads = answers.map(({ data }) => data.updatePlatformSettings);
    const won = payloads.find(({ userErrors }) => userErrors.length === 0)!;
    const lost = payloads.find(({ userErrors }) => userErrors.length > 0)!;
    expect(lost.userErrors).toEqual([{ code: 'CONFLICT', path: ['expectedVersion'] }]);
    expect(lost.settings).toEqual(won.settings);
    expect(won.settings.version).toBe(expectedVersion + 1);
  });

  it.each([
    ['minimumAge', { minimumAge: 12 }],
    ['consulEventsPerYear', { consulEventsPerYear: 0 }],
    ['auditYears', { auditYears: 31 }],
    ['maintenanceNotice', { maintenanceNotice: 'x'.repeat(2_001) }],
  ])('refuse what lies beyond the limits of %s', async (field, changes) => {
    const before = await version();
    const { userErrors } = (await change(changes)).data.updatePlatformSettings;
    expect(userErrors).toEqual([{ code: 'INVALID_INPUT', path: [field] }]);
    expect(await version()).toBe(before);
  });

  it.each<[string, ((viewer: Viewer) => Viewer) | null, string]>([
    ['a visitor', null, 'UNAUTHENTICATED'],
    ['a member', (viewer) => viewer, 'FORBIDDEN'],
    ['an ambassador', (viewer) => withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' }), 'FORBIDDEN'],
    ['whoever only claims to be a super user', (viewer) => withRole(viewer, 'SUPER_USER'), 'FORBIDDEN'],
  ])('are not changed by %s', async (_name, as, code) => {
    const before = await version();
    const viewer = as && as((await users.given.person()).viewer);
    expect((await change({ isRegistrationOpen: false }, viewer)).codes).toEqual([code]);
    expect(await version()).toBe(before);
  });

  it('close the door to new accounts, known addresses included, and open it again', async () => {
    await changed({ isRegistrationOpen: false });
    const closed = { isAccepted: null, userErrors: [{ code: 'REGISTRATION_CLOSED', path: null }] };
    const accounts = await users.db.account.count();
    expect(await signUp()).toEqual(closed);
    expect(await signUp({ email: chief.email })).toEqual(closed);
    expect(await users.db.account.count()).toBe(accounts);
    await changed({ isRegistrationOpen: true });
    expect((await signUp()).isAccepted).toBe(true);
  });

  it('ask whoever registers to confirm the minimum age, while there is one', async () => {
    await changed({ minimumAge: 16 });
    const unconfirmed = {
      isAccepted: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['isOfMinimumAge'] }],
    };
    expect(await signUp()).toEqual(unconfirmed);
    expect(await signUp({ isOfMinimumAge: false })).toEqual(unconfirmed);
    expect((await signUp({ isOfMinimumAge: true })).isAccepted).toBe(true);
    await changed({ minimumAge: null });
    expect((await signUp()).isAccepted).toBe(true);
  });

  it('say how long lines stay in the audit trail before they are archived', async () => {
    const dayMs = 24 * 3_600_000;
    const archived = async () => {
      await users.run({ name: 'keepAuditMonths' }, {});
      const { data } = await users
        .as(chief.viewer)
        .execute('{ auditChainStatus { source archivedEntries } }');
      return Number(data.auditChainStatus[0].archivedEntries);
    };
    // The database archives nothing of the last year, by its own clock.
    users.clock.advance(-2.5 * 365 * dayMs);
    await changed({ auditYears: 3 });
    await users.keepAudit();
    users.clock.advance(2.5 * 365 * dayMs);
    expect(await archived()).toBe(0);
    await changed({ auditYears: 1 });
    expect(await archived()).toBeGreaterThan(0);
  });
});
