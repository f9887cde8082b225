import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authenticator } from '../testing/authenticator.js';
import { factorResetActions } from '../testing/factor-resets.js';
import { givenUsers } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';

const rounds = [1, 2, 3, 4, 5];

describe('a reset of a second factor, when two things happen at once', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  let app: ReturnType<typeof authenticator>;
  let resets: ReturnType<typeof factorResetActions>;
  let chief: Viewer;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
    app = authenticator(users, door);
    resets = factorResetActions(users, door);
  });
  afterAll(() => users.stop());

  /** Somebody whose reset is due. */
  async function due() {
    chief = await resets.chief();
    const someone = await app.equipped();
    const { reset } = await resets.opens(chief, someone.person);
    resets.passes();
    return { ...someone, reset: reset as { id: string } };
  }
  const accountOf = ({ id }: { id: string }) => users.db.account.findUniqueOrThrow({ where: { id } });
  const endsOf = async (resetId: string) =>
    (await auditLines(users.db, resetId)).map(({ action }) => action).slice(1);

  it.each(rounds)('either fires or is refused, never both (%i)', async () => {
    const { person, viewer, reset } = await due();
    const [refused] = await Promise.all([
      resets.run('refuseFactorReset', viewer, { resetId: reset.id }),
      resets.fires(reset.id),
    ]);
    const account = await accountOf(person);
    const isRefused = (await resets.statusOf(reset.id)) === 'REFUSED';
    expect(refused.refusal).toBe(isRefused ? undefined : 'CONFLICT');
    expect([account.secondFactorAt !== null, account.factorResetAt === null]).toEqual([isRefused, isRefused]);
    expect(await endsOf(reset.id)).toEqual([isRefused ? 'factorReset.refused' : 'factorReset.done']);
  });

  it.each(rounds)('either fires or lets the owner in by a code of the app, never both (%i)', async () => {
    const { person, secret, reset } = await due();
    const challenge = await app.challenge(person.email);
    const code = await app.codeOf(secret);
    const [answer] = await Promise.all([app.completes(challenge, { code }), resets.fires(reset.id)]);
    const isIn = answer.data.completeSignIn.tokens !== null;
    expect(await resets.statusOf(reset.id)).toBe(isIn ? 'VOID' : 'DONE');
    expect((await accountOf(person)).secondFactorAt !== null).toBe(isIn);
    const open = await users.db.session.count({ where: { accountId: person.id, revokedAt: null } });
    expect(open > 0).toBe(isIn);
  });

  it('fires once, in however many processes', async () => {
    const { person, reset } = await due();
    const { sessionEpoch } = await accountOf(person);
    await Promise.all([1, 2, 3].map(() => resets.fires(reset.id)));
    await resets.fires(reset.id);
    expect(await endsOf(reset.id)).toEqual(['factorReset.done']);
    expect((await accountOf(person)).sessionEpoch).toBe(sessionEpoch + 1);
  });

  it.each(rounds)('is opened by one of two super users (%i)', async () => {
    const viewers = [await resets.chief(), await resets.chief()];
    const { person } = await app.equipped();
    const answers = await Promise.all(viewers.map((viewer) => resets.opens(viewer, person)));
    expect(answers.map(({ refusal }) => refusal).sort()).toEqual(['CONFLICT', undefined]);
    expect(await users.db.factorReset.count({ where: { accountId: person.id } })).toBe(1);
  });

  it('has one second super user of two', async () => {
    const peer = await app.equipped(await users.given.person({ isSuperUser: true }));
    const { reset } = await resets.opens(await resets.chief(), peer.person);
    const viewers = [await resets.chief(), await resets.chief()];
    const answers = await Promise.all(
      viewers.map((viewer) => resets.run('confirmFactorReset', viewer, { resetId: reset.id })),
    );
    expect(answers.map(({ refusal }) => refusal).sort()).toEqual(['CONFLICT', undefined]);
    expect(await endsOf(reset.id)).toEqual(['factorReset.confirmed']);
  });
});
