import type { Event, EventSeries } from '../__generated__/prisma/client.js';
import { searchTextOf, type EventColumns } from '../catalog/index.js';
import { midnightOf, type Timing } from './rules.js';

/** What the events of a series have in common, beside their times. */
const columns = [
  ...(['title', 'description', 'language', 'domain', 'type', 'visibility', 'venue', 'address'] as const),
  ...([
    'countryCode',
    'city',
    'cityKey',
    'latitude',
    'longitude',
    'onlineUrl',
    'translations',
    'program',
  ] as const),
  ...(['coverId', 'galleryIds', 'tags', 'capacity'] as const),
];

export type Template = Required<Pick<EventColumns, (typeof columns)[number]>>;

/** The columns of a template among others. */
export const templateColumns = (data: EventColumns): Partial<Template> =>
  Object.fromEntries(columns.filter((name) => data[name] !== undefined).map((name) => [name, data[name]]));

export const templateOf = (event: Event): Template => templateColumns(event as EventColumns) as Template;

export const readTemplate = ({ template }: Pick<EventSeries, 'template'>): Template =>
  template as unknown as Template;

/** When an event happens, for others of its series. */
export function timingOf(event: Pick<Event, 'startsAtLocal' | 'endsAtLocal' | 'timeZone'>): Timing {
  const { startsAtLocal, endsAtLocal, timeZone } = event;
  const seconds = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1_000;
  return {
    startsAfterSeconds: seconds(midnightOf(startsAtLocal), startsAtLocal),
    lengthSeconds: seconds(startsAtLocal, endsAtLocal),
    timeZone,
  };
}

/** What a change of the series writes to one of its events: what that event has not changed for itself. */
export function inherited(
  event: Event,
  change: Partial<Template>,
  times: EventColumns | null,
): EventColumns | null {
  const own = new Set(event.ownFields);
  const shared = Object.fromEntries(Object.entries(change).filter(([name]) => !own.has(name)));
  const data: EventColumns = { ...shared, ...(own.has('schedule') ? {} : times) };
  if (Object.keys(data).length === 0) return null;
  return { ...data, searchText: searchTextOf({ ...event, ...data }) };
}
