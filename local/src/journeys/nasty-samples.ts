import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
} from 'graphql';
import type { Target } from './nasty-operations.js';
import type { Role, World } from './nasty-world.js';

let serial = 0;
/** Distinct within a run. */
export const freshWord = (): string => `k${(serial += 1)}`;

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** Well-formed values by the name of the field; what is optional and not named stays away. */
function named(name: string, { objects, targetId }: World): unknown {
  const known: Readonly<Record<string, unknown>> = {
    idempotencyKey: freshWord(),
    clientMessageId: freshWord(),
    userId: targetId,
    first: 2,
    eventId: objects['Event'],
    postId: objects['Post'],
    commentId: objects['Comment'],
    conversationId: objects['Conversation'],
    mediaId: objects['Media'],
    officeId: objects['Office'],
    registrationId: objects['Registration'],
    subscriptionId: objects['PlanSubscription'],
    text: 'Words',
    title: 'Title',
    description: 'Words',
    displayName: 'Name',
    city: freshWord(),
    countryCode: 'DE',
    countryOfOrigin: 'RO',
    countryOfResidence: 'DE',
    language: 'en',
    languages: ['en'],
    timeZone: 'Europe/Berlin',
    zone: 'Europe/Berlin',
    locale: 'en',
    domain: 'OTHERS',
    type: 'NATIONAL',
    startsAt: inDays(20).slice(0, 19),
    query: 'harvest',
    latitude: 52,
    longitude: 13,
    radiusKm: 10,
    email: `${freshWord()}@nobody.example`,
    password: 'a good password',
    code: '123456',
    refreshToken: 'x.y',
    contentType: 'image/png',
    sizeBytes: 1_000,
    fileName: 'a.png',
    number: '4242424242424242',
    planCode: 'PREMIUM_MONTHLY',
    upToSequence: 1,
    place: {},
    paymentMethod: {},
    sandboxCard: {},
    ids: [objects['Notification']],
  };
  return known[name];
}

function sample(type: GraphQLInputType, name: string, world: World): unknown {
  const nullable = getNullableType(type);
  const known = named(name, world);
  if (isInputObjectType(nullable) && (isNonNullType(type) || known !== undefined)) {
    const fields = Object.values(nullable.getFields()).map((field) => [
      field.name,
      field.defaultValue === undefined ? sample(field.type, field.name, world) : undefined,
    ]);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  // Two fields of this name differ in type: events end on local clocks, terms of office at an instant.
  if (name === 'endsAt') return String(nullable) === 'DateTime' ? inDays(90) : inDays(21).slice(0, 19);
  if (known !== undefined || !isNonNullType(type)) return known;
  if (isListType(nullable)) return [];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  return { Int: 1, Float: 1, Boolean: true, DateTime: inDays(1) }[String(nullable)] ?? 'word';
}

/** What operations change for good. */
function spare(fieldName: string, { objects }: World): Record<string, unknown> {
  if (/^(update|cancel)Event$/.test(fieldName)) return { eventId: objects['SpareEvent'] };
  if (fieldName === 'deletePost') return { postId: objects['SparePost'] };
  return fieldName === 'deleteComment' ? { commentId: objects['SpareComment'] } : {};
}

const versionOf: Readonly<Record<string, readonly [string, (world: World) => string]>> = {
  editPost: ['post', ({ objects }) => `post(id: "${objects['Post']}")`],
  updateEvent: ['event', ({ objects }) => `event(id: "${objects['SpareEvent']}")`],
  updateProfile: ['me', () => 'me'],
};

/** Variables with which the operation does what it is for. */
export async function goodVariables(target: Target, world: World): Promise<Record<string, unknown>> {
  const { field } = target;
  const entries = field.args
    .filter(({ defaultValue }) => defaultValue === undefined)
    .map((argument) => [argument.name, sample(argument.type, argument.name, world)] as const);
  const variables = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const returned = String(getNullableType(field.type)).replace(/\W/g, '');
  if (field.args.some(({ name }) => name === 'id'))
    variables['id'] = world.objects[returned] ?? world.objects['Event'];
  if (field.args.some(({ name }) => name === 'ids')) variables['ids'] = Object.values(world.objects);
  const input = variables['input'] as Record<string, unknown> | undefined;
  if (input) Object.assign(input, spare(field.name, world));
  const versioned = versionOf[field.name];
  if (versioned) {
    const { data } = await world.clients[actorOf(target)].send(`{ ${versioned[1](world)} { version } }`);
    input!['expectedVersion'] = data?.[versioned[0]]?.version;
  }
  return variables;
}

const actors: Readonly<Record<string, Role>> = {
  subscribe: 'ambassador',
  'Event.registrations': 'ambassador',
  'nodes/Event.registrations': 'ambassador',
  appointAmbassador: 'root',
  appointConsul: 'root',
  endOffice: 'root',
  createEvent: 'ambassador',
  updateEvent: 'ambassador',
  publishEvent: 'ambassador',
  cancelEvent: 'ambassador',
};

/** Who gets furthest with an operation. */
export const actorOf = ({ label, field }: Pick<Target, 'label' | 'field'>): Role =>
  actors[label] ?? actors[field.name] ?? 'member';

/** Variables with a value at a path; objects on the way are made. */
export function filled(
  variables: Record<string, unknown>,
  [head = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (rest.length === 0) return { ...variables, [head]: value };
  const below = variables[head];
  const next = typeof below === 'object' && below !== null && !Array.isArray(below) ? below : {};
  return { ...variables, [head]: filled(next as Record<string, unknown>, rest, value) };
}
