import { anyone, carriers, type PermissionMap } from '@diaspora/kit';

/** Which events a viewer sees is decided by visibility.ts, inside the query; who sees the link, by the resolver. */
const open = [
  ...[
    'id',
    'title',
    'description',
    'language',
    'domain',
    'type',
    'status',
    'visibility',
    'startsAt',
    'endsAt',
    'place',
  ],
  ...['onlineUrl', 'tags', 'organizer', 'capacity', 'registeredCount', 'freePlaces', 'version', 'createdAt'],
  ...['publishedAt', 'cancelledAt', 'localizedTitle', 'localizedDescription', 'translations', 'program'],
  ...['cover', 'gallery'],
];

export const permissions: PermissionMap = {
  Query: { event: anyone, events: anyone },
  Event: Object.fromEntries(open.map((field) => [field, anyone])),
  User: { id: anyone, organizedEvents: anyone },
  ...carriers(
    'EventPlace',
    'EventConnection',
    'EventEdge',
    'EventTranslation',
    'LocalizedText',
    'AgendaItem',
  ),
  ...carriers('Media'),
};
