import { AppError, parseInput, type Clock, type Page } from '@diaspora/kit';
import type {
  NotificationCadence as Cadence,
  NotificationChannel as Channel,
  NotificationSubject,
  NotificationType,
  Silence,
  SilenceKind,
} from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { assertNotSecurity, assertPossible, decide, silenceAt, timesInput, type Choices } from './rules.js';
import { usualTimes, type Times } from './times.js';
import { traitsOf } from './traits.js';

export type NotificationPreferences = ReturnType<typeof createNotificationPreferences>;

/** What a notification is, as far as choices go. */
export interface Chosen {
  readonly recipientId: string;
  readonly type: NotificationType;
  readonly objectId: string | null;
}

export const channels: readonly Channel[] = ['IN_APP', 'PUSH', 'EMAIL', 'SLACK'];
const types = Object.keys(traitsOf) as NotificationType[];

const maxSilences = 1_000;

export function createNotificationPreferences({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  /** In the order in which they are asked for. */
  async function choicesOf(tx: Transaction, asked: readonly Chosen[]): Promise<Choices[]> {
    const personId = { in: asked.map(({ recipientId }) => recipientId) };
    const type = { in: asked.map((each) => each.type) };
    const objectId = { in: asked.flatMap((each) => each.objectId ?? []) };
    const ofTypes = await tx.typePreference.findMany({ where: { personId, type } });
    const ofChannels = await tx.channelPreference.findMany({ where: { personId } });
    const silences =
      objectId.in.length === 0 ? [] : await tx.silence.findMany({ where: { personId, objectId } });
    return asked.map((each) => {
      const isTheirs = (row: { personId: string }) => row.personId === each.recipientId;
      return {
        ofType: byChannel(ofTypes.filter((row) => isTheirs(row) && row.type === each.type)),
        ofChannel: byChannel(ofChannels.filter(isTheirs)),
        silence: silenceAt(
          silences.find((row) => isTheirs(row) && row.objectId === each.objectId) ?? null,
          clock.now(),
        ),
      };
    });
  }

  async function timesOf(
    tx: Transaction,
    personIds: readonly string[],
  ): Promise<(personId: string) => Times> {
    const rows = await tx.notificationTimes.findMany({ where: { personId: { in: [...personIds] } } });
    const byPerson = new Map(rows.map((row) => [row.personId, row]));
    return (personId) => byPerson.get(personId) ?? usualTimes;
  }

  const ownTimesOf = async (personId: string): Promise<Times> => (await timesOf(db, [personId]))(personId);

  /** What the person chose and what follows from it, for every type and channel. */
  async function rulesOf(personId: string) {
    const ofType = await db.typePreference.findMany({ where: { personId } });
    const ofChannel = byChannel(await db.channelPreference.findMany({ where: { personId } }));
    return types.flatMap((type) => {
      const chosen = byChannel(ofType.filter((each) => each.type === type));
      const choices = { silence: null, ofChannel, ofType: chosen };
      return channels.map((channel) => ({
        ...{ type, channel, chosen: chosen[channel] ?? null },
        ...decide(traitsOf[type], channel, choices),
      }));
    });
  }

  const channelRulesOf = async (personId: string) => {
    const chosen = byChannel(await db.channelPreference.findMany({ where: { personId } }));
    return channels.map((channel) => ({ channel, chosen: chosen[channel] ?? null }));
  };

  /** Null: as usual again. */
  async function choose(
    personId: string,
    { type, channel, cadence }: { type: NotificationType | null; channel: Channel; cadence: Cadence | null },
  ): Promise<void> {
    assertPossible(channel, cadence);
    if (type) assertNotSecurity(traitsOf[type]);
    await db.$transaction((tx) => write(tx, { personId, type, channel, cadence }));
  }

  async function write(
    tx: Transaction,
    choice: { personId: string; type: NotificationType | null; channel: Channel; cadence: Cadence | null },
  ): Promise<void> {
    const { personId, type, channel, cadence } = choice;
    if (type) {
      const key = { personId, type, channel };
      if (cadence === null) await tx.typePreference.deleteMany({ where: key });
      else {
        const where = { personId_type_channel: key };
        await tx.typePreference.upsert({ where, create: { ...key, cadence }, update: { cadence } });
      }
      return;
    }
    const key = { personId, channel };
    if (cadence === null) await tx.channelPreference.deleteMany({ where: key });
    else {
      const where = { personId_channel: key };
      await tx.channelPreference.upsert({ where, create: { ...key, cadence }, update: { cadence } });
    }
  }

  /** No more mails of a type, or none at all but those about safety: what was chosen for single types goes with it. */
  const unsubscribe = (personId: string, type: NotificationType | null): Promise<void> =>
    db.$transaction(async (tx) => {
      if (!type) await tx.typePreference.deleteMany({ where: { personId, channel: 'EMAIL' } });
      await write(tx, { personId, type, channel: 'EMAIL', cadence: 'OFF' });
    });

  /** Absent keeps, null is as usual. */
  async function setTimes(personId: string, input: unknown): Promise<Times> {
    const { quietHours, ...others } = parseInput(timesInput, input);
    const quiet = quietHours && { quietFrom: quietHours.from, quietUntil: quietHours.until };
    const changes = {
      ...Object.fromEntries(
        Object.entries(others)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, value ?? usualTimes[name as keyof Times]]),
      ),
      ...(quietHours === null ? { quietFrom: null, quietUntil: null } : quiet),
    };
    return db.notificationTimes.upsert({
      where: { personId },
      create: { ...usualTimes, personId, ...changes },
      update: changes,
    });
  }

  const silencesOf = (personId: string, page: Page): Promise<Silence[]> =>
    db.silence.findMany({
      where: { AND: [{ personId }, { OR: [{ endsAt: null }, { endsAt: { gt: clock.now() } }] }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  async function silence(
    personId: string,
    object: { readonly objectType: NotificationSubject; readonly objectId: string },
    { kind, endsAt }: { readonly kind: SilenceKind; readonly endsAt: Date | null },
  ): Promise<Silence> {
    if (endsAt ? endsAt <= clock.now() : kind === 'SNOOZED')
      throw new AppError('INVALID_INPUT', 'Say until when, in the future.', { path: ['until'] });
    const { objectType, objectId } = object;
    if ((await db.silence.count({ where: { personId } })) >= maxSilences)
      await db.silence.deleteMany({ where: { personId, endsAt: { lte: clock.now() } } });
    const [kept] = await db.$queryRaw<Silence[]>`
      INSERT INTO silences (person_id, object_type, object_id, kind, ends_at, created_at)
      SELECT ${personId}::uuid, ${objectType}::notification_subject, ${objectId}::uuid, ${kind}::silence_kind,
        ${endsAt}, ${clock.now()}
      WHERE (SELECT count(*) FROM silences WHERE person_id = ${personId}::uuid AND object_id <> ${objectId}::uuid)
        < ${maxSilences}
      ON CONFLICT (person_id, object_id) DO UPDATE SET kind = excluded.kind, ends_at = excluded.ends_at
      RETURNING person_id AS "personId", object_type AS "objectType", object_id AS "objectId", kind,
        ends_at AS "endsAt", created_at AS "createdAt"`;
    if (!kept)
      throw new AppError('CONFLICT', `You can silence ${maxSilences} at most.`, { path: ['subjectId'] });
    return kept;
  }

  const endSilence = async (personId: string, objectId: string): Promise<void> => {
    await db.silence.deleteMany({ where: { personId, objectId } });
  };

  return {
    choicesOf,
    timesOf,
    ownTimesOf,
    rulesOf,
    channelRulesOf,
    choose,
    unsubscribe,
    setTimes,
    silencesOf,
    silence,
    endSilence,
  };
}

const byChannel = (rows: readonly { channel: Channel; cadence: Cadence }[]) =>
  Object.fromEntries(rows.map(({ channel, cadence }) => [channel, cadence])) as Partial<
    Record<Channel, Cadence>
  >;
