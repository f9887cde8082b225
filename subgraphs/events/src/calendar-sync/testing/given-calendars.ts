import { silentLog } from '@diaspora/kit/testing';
import type { givenEvents } from '../../testing/given.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
type Person = ReturnType<Events['given']['person']>;

/** What tests of connected calendars do, whatever the provider. */
export function calendarActions(events: Events) {
  const run = (name: string, payload: object) =>
    events.subgraph.jobs![name]!.run(
      payload as never,
      { log: silentLog, signal: new AbortController().signal } as never,
    );

  async function mutate(
    person: Person,
    name: string,
    input: object,
    fields = 'connection { id status direction }',
  ) {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const { data, codes } = await events
      .as(person.viewer)
      .execute(`mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code } } }`, {
        input,
      });
    const answer = data?.[name];
    return { ...answer, refusal: codes[0] ?? answer?.userErrors[0]?.code };
  }

  return {
    mutate,
    /** The job of the only connection of a person, as the worker runs it. */
    sync: async (person: Person) => {
      const { id } = await events.db.calendarConnection.findFirstOrThrow({ where: { userId: person.id } });
      await run('syncCalendar', { connectionId: id });
      return events.db.calendarConnection.findUniqueOrThrow({ where: { id } });
    },
    syncDue: () => run('syncDueCalendars', {}),
    /** A person whose plan lets changes come back. */
    subscriber: () => events.given.person({ entitlements: ['CALENDAR_SYNC'] }),
    bothWays: async (person: Person, connectionId: string) =>
      mutate(person, 'setCalendarDirection', { connectionId, direction: 'BOTH_WAYS' }),
    place: (event: { id: string }, person: Person) =>
      events.db.registration.findFirstOrThrow({ where: { eventId: event.id, userId: person.id } }),
    hidden: (person: Person) =>
      events.db.syncedEntry.count({ where: { connection: { userId: person.id }, hiddenAt: { not: null } } }),
  };
}
