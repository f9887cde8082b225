import { addJob, AppError, parseInput, type Clock, type Logger, type Viewer } from '@diaspora/kit';
import type { CalendarConnection } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { calendarConnectionIds } from '../ids.js';
import { syncCalendar } from '../jobs.js';
import type { CalendarProviders, ProviderSettings } from './credentials.js';
import { AccessRefused } from './remote.js';
import { calDavInput, consentMs, drawSecret, hashOf, mostConnections, readCallback } from './rules.js';

export type CalendarSync = ReturnType<typeof createCalendarSync>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly providers: CalendarProviders;
  readonly redirectUris: ProviderSettings['redirectUris'];
}

type Direction = CalendarConnection['direction'];

/** Calendars that people connect: how they come, change and go. What happens in them is in syncing.ts. */
export function createCalendarSync({ db, clock, providers, redirectUris }: Dependencies) {
  const listOf = (viewer: Viewer): Promise<CalendarConnection[]> =>
    db.calendarConnection.findMany({
      where: { userId: viewer.id },
      orderBy: { id: 'asc' },
      take: mostConnections,
    });

  /** Where the viewer lets us into Google Calendar. */
  async function beginGoogle(viewer: Viewer, redirectUri: string): Promise<string> {
    const { google, sealer } = providers;
    if (!google) throw refused('Google Calendar cannot be connected here.');
    if (!redirectUris.includes(redirectUri))
      throw new AppError('INVALID_INPUT', 'Nobody may be sent back there.', { path: ['redirectUri'] });
    const [state, verifier] = [drawSecret(), drawSecret()];
    const now = clock.now();
    await db.calendarConsent.deleteMany({
      where: { OR: [{ userId: viewer.id }, { expiresAt: { lte: now } }] },
    });
    await db.calendarConsent.create({
      data: {
        ...{ stateHash: hashOf(state), userId: viewer.id, redirectUri },
        sealedVerifier: sealer.seal(verifier),
        expiresAt: new Date(now.getTime() + consentMs),
      },
    });
    return google.authorizationUrl(redirectUri, state, hashOf(verifier));
  }

  /** The consent is the viewer's own, or somebody could connect another person's calendar to their account. */
  async function completeGoogle(viewer: Viewer, callbackUrl: string): Promise<CalendarConnection> {
    const { state, code } = readCallback(callbackUrl);
    const { google, sealer } = providers;
    if (!google) throw refused('Google Calendar cannot be connected here.');
    const [consent] = await db.$queryRaw<{ verifier: string; redirectUri: string }[]>`
      DELETE FROM calendar_consents
      WHERE state_hash = ${hashOf(state)} AND user_id = ${viewer.id}::uuid AND expires_at > ${clock.now()}
      RETURNING sealed_verifier AS verifier, redirect_uri AS "redirectUri"`;
    if (!consent) throw refused('This did not begin here, or took too long. Begin again.');
    await assertRoom(db, viewer);
    const made = await connecting(async () => {
      const token = await google.redeem(code, consent.redirectUri, sealer.open(consent.verifier));
      return providers.makeGoogle(token);
    });
    return keep(viewer, { id: calendarConnectionIds.create(), provider: 'GOOGLE', ...made });
  }

  async function connectCalDav(viewer: Viewer, input: unknown): Promise<CalendarConnection> {
    const credentials = parseInput(calDavInput, input);
    await assertRoom(db, viewer);
    const id = calendarConnectionIds.create();
    const made = await connecting(() => providers.makeCalDav(id, credentials));
    return keep(viewer, { id, provider: 'CALDAV', ...made });
  }

  /** What goes wrong there is told as what it is for the person, and nothing of what the other side said. */
  async function connecting<Made>(make: () => Promise<Made>): Promise<Made> {
    try {
      return await make();
    } catch (error) {
      if (error instanceof AccessRefused) throw refused('The calendar refused access.');
      throw refused('There is no calendar to be reached there.');
    }
  }

  async function assertRoom(client: Transaction, viewer: Viewer): Promise<void> {
    if ((await client.calendarConnection.count({ where: { userId: viewer.id } })) < mostConnections) return;
    throw refused(`At most ${mostConnections} calendars.`);
  }

  type Made = Pick<CalendarConnection, 'id' | 'provider' | 'calendarRef' | 'sealedCredentials'>;
  const keep = (viewer: Viewer, made: Made): Promise<CalendarConnection> =>
    db.$transaction(async (tx) => {
      // One at a time of a person, or two of them would both count four.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${viewer.id}, 1))`;
      await assertRoom(tx, viewer);
      const now = clock.now();
      const times = { createdAt: now, nextSyncAt: now };
      const connection = await tx.calendarConnection.create({
        data: { ...made, userId: viewer.id, ...times },
      });
      await requestSync(tx, connection.id);
      return connection;
    });

  async function setDirection(viewer: Viewer, id: string, direction: Direction): Promise<CalendarConnection> {
    if (direction === 'BOTH_WAYS' && !viewer.entitlements.includes('CALENDAR_SYNC'))
      throw new AppError('FORBIDDEN', 'Your plan does not include changes made in the calendar.');
    return db.$transaction(async (tx) => {
      const where = { id, userId: viewer.id };
      // What is there now is where reading begins.
      const data = { direction, syncToken: null, nextSyncAt: clock.now() };
      const [changed] = await tx.calendarConnection.updateManyAndReturn({ where, data });
      if (!changed) throw missing();
      await requestSync(tx, id);
      return changed;
    });
  }

  /** Ends a connection. What is in the calendar stays there, in one calendar of its own that the person can remove. */
  async function disconnect(viewer: Viewer, id: string, log: Logger): Promise<void> {
    const where = { id, userId: viewer.id };
    const connection = await db.calendarConnection.findFirst({ where });
    if (!connection) throw missing();
    await db.calendarConnection.deleteMany({ where });
    // It ends here whether or not the other side listens.
    await providers
      .giveUp(connection)
      .catch((error: Error) => log.warn({ reason: error.name }, 'A token was not revoked'));
  }

  /** Writes an event again that the viewer removed from calendars. */
  const show = (viewer: Viewer, eventId: string): Promise<CalendarConnection[]> =>
    db.$transaction(async (tx) => {
      const connections = await tx.calendarConnection.findMany({
        where: { userId: viewer.id, status: 'ACTIVE' },
      });
      for (const { id: connectionId } of connections) {
        const where = { connectionId, eventId, hiddenAt: { not: null } };
        const { count } = await tx.syncedEntry.deleteMany({ where });
        if (count > 0) await requestSync(tx, connectionId);
      }
      return connections;
    });

  return { listOf, beginGoogle, completeGoogle, connectCalDav, setDirection, disconnect, show };
}

/** Jobs of one connection run one after the other; so do those of a few others. */
export const requestSync = (tx: Transaction, connectionId: string): Promise<string> =>
  addJob(
    tx,
    syncCalendar,
    { connectionId },
    {
      queueName: `calendars:${Number.parseInt(connectionId.slice(-2), 16) % 16}`,
      jobKey: `syncCalendar:${connectionId}`,
      maxAttempts: 5,
    },
  );

const refused = (message: string) => new AppError('CALENDAR_REFUSED', message);
const missing = () => new AppError('NOT_FOUND', 'There is no such calendar.', { path: ['connectionId'] });
