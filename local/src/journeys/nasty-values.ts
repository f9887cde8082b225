import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  type GraphQLInputType,
} from 'graphql';

/** A place in the variables of an operation that can be filled with something nasty. */
export interface Leaf {
  readonly path: readonly string[];
  readonly type: GraphQLInputType;
}

/** Letters that no compression makes short: what is too long for an index must stay too long. */
function noise(length: number): string {
  let state = 12_345;
  const letter = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return String.fromCharCode(97 + ((state >> 16) % 26));
  };
  return Array.from({ length }, letter).join('');
}

const long = noise(100_000);
export const rightToLeft = '\u200fשלום \u2067abc\u2069 العربية';
export const emoji = '👩🏽‍🚀 🏳️‍🌈 e\u0301 🇷🇴';

const wrongKinds = [
  null,
  '',
  0,
  true,
  {},
  [],
  [null],
  JSON.parse('{ "__proto__": 1, "constructor": null }') as unknown,
];

const texts = [
  ...wrongKinds,
  ...[' ', '\u0000', 'a\u0000b', '\ud800', 'a\udc00b', '\u202e\u200b\ufeff', '\ue000\ue001\ue002', '\uffff'],
  ...[
    rightToLeft,
    emoji,
    long,
    `${emoji} `.repeat(5_000),
    'x'.repeat(65),
    'é'.repeat(81),
    '\u0007\u001b[31m',
  ],
  ...["'; DROP TABLE accounts; --", "\\'; $1 $$ %s ${x}", '%_\\', '{"a":1}', '__proto__', 'null', 'NaN'],
  ...[
    '" OR -"a" <-> ( | & ! :* :D)',
    '-',
    '"',
    'or or or -or',
    'a:*&!(b|',
    '# #1 #\u0301',
    '\\u0000',
    '1e999',
  ],
];

const madeUp = '01h2xcejqtf2nbrexx3vqjhp41';
const malformedIds = [
  ...[...wrongKinds, '\u0000', '\ud800', emoji, long, 'usr', 'usr_', `usr_${madeUp}x`, `USR_${madeUp}`],
  ...[
    `usr_8${'z'.repeat(25)}`,
    `usr_${'u'.repeat(26)}`,
    `_${madeUp}`,
    madeUp,
    12,
    -1,
    1.5,
    '%',
    "' OR 1=1 --",
  ],
  ...['018c3a4e-7b1a-7c00-8000-000000000000', 'eyJpZCI6MX0=', ' ', `nob_${madeUp}`, `ses_${madeUp}`],
];
const prefixes = 'cmt cnv evt med msg ntf ofc pln pst reg sub usr'.split(' ');
const missingIds = prefixes.map((prefix) => `${prefix}_${madeUp}`);

const aKey = '018c3a4e-7b1a-7c00-8000-000000000000';
const heads = [
  ...[
    '2026-03-01T18:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    'soon',
    'a\u0000',
    '',
  ],
  ...['2026-02-30T18:00:00.000Z', '2026-03-01T24:00:00.000Z', '0001-01-01T00:00:00.000Z', '\ud800', long],
  ...[
    '+275760-09-13T00:00:00.000Z',
    '-000001-01-01T00:00:00.000Z',
    '2026-03-01',
    '999999999999999999',
    '-1',
    '1',
  ],
  ...[0, -1, 1.5, 2 ** 31 - 1, 2 ** 31, 1e308, 2 ** 53, null, true, [], {}, '99999999999999999999', '1e3'],
];
const positions: unknown[] = [
  ...[null, {}, [], 'x', 5, [[]], [aKey], [null], [aKey, aKey, aKey], ['a\u0000'], ['1 OR 1=1']],
  ...heads.flatMap((head) => [[head], [head, aKey], [head, aKey, 'EVENT']]),
  ...[
    [1, aKey, 'NOTHING'],
    [1, 'no key', 'EVENT'],
    [1, aKey, 5],
  ],
  ...[['2026-03-01T18:00:00.000Z', 'no key'], ['berlin', `${aKey}\u0000`], { length: 2, 0: 1, 1: aKey }],
];
const cursors = [
  ...[
    null,
    '',
    0,
    'not a cursor',
    '\u0000',
    '\ud800',
    long,
    '====',
    'W10=',
    emoji,
    '../../etc',
    'W1tbW1tbW1s',
  ],
  ...positions.map((position) => Buffer.from(JSON.stringify(position)).toString('base64url')),
  Buffer.from([0xff, 0xfe, 0x00]).toString('base64url'),
];

const times = [
  ...['0000-01-01T00:00:00', '0001-01-01T00:00:00', '9999-12-31T23:59:59', '2026-02-30T10:00:00'],
  ...['+275760-09-13T00:00:00', '-271821-04-20T00:00:00', '2026-01-01T24:00:00', '2016-12-31T23:59:60'],
  ...[
    '1899-12-31T00:00:00',
    '2026-03-29T02:30:00',
    '10000-01-01T00:00:00',
    '2026-13-01T00:00:00',
    '1970-01-01T00:00:00',
  ],
];

const byScalar: Readonly<Record<string, readonly unknown[]>> = {
  String: texts,
  ID: [...malformedIds, ...missingIds],
  Int: [null, 0, -1, 1, 101, 2_147_483_647, -2_147_483_648, 2_147_483_648, 1.5, '1', '', true, 1e308, [], {}],
  Float: [null, 0, -0, 90, -90.000001, 181, 1e308, -1e308, 5e-324, 1e21, 'NaN', 'Infinity', '1', true, []],
  Boolean: [null, 0, 1, 'true', '', [], {}],
  DateTime: [
    ...[...wrongKinds, 'soon', '2026-03-01', '\u0000', '\ud800', long, 8.64e15, -1, 1_700_000_000_000],
    ...times.flatMap((time) => [time, `${time}Z`, `${time}.123456789Z`, `${time}+23:59`]),
  ],
  LocalDateTime: [
    ...[...wrongKinds, 'soon', '\u0000', '\ud800', long],
    ...times.flatMap((time) => [time, `${time}.5`, `${time}Z`]),
  ],
  TimeZone: [...texts, 'UTC', 'EST', '+05:00', 'europe/berlin', 'Europe/Nowhere', 'Etc/GMT+12', 'GMT0'],
  LanguageTag: [...texts, 'x-private', 'root', 'en-u-ca-buddhist', 'i-klingon', 'zh-Hant-TW', `en-${long}`],
  CountryCode: [...texts, 'XX', 'D', 'DEU', 'de', 'ıı', 'ß', '🇩🇪'],
  EmailAddress: [
    ...[
      ...texts,
      'a',
      'a@b',
      '@',
      'A@EXAMPLE.ORG',
      'a b@example.org',
      'ü@exämple.de',
      'a@b@c',
      'a\r\nBcc: b@c.de',
    ],
    ...[`${noise(300)}@example.org`, `${long}@example.org`, `a@${'b.'.repeat(200)}org`, '"a"@example.org'],
  ],
  URL: [
    ...[...texts, 'javascript:alert(1)', 'http://example.org', 'https://', 'file:///etc/passwd', 'data:,x'],
    ...[
      'https://user:secret@example.org/',
      `https://example.org/${long}`,
      'https://\u202eexample.org',
      '//a',
    ],
    ...[
      'https://[::1]/',
      'https://xn--/',
      'https://example.org/\ud800',
      'https://example.org:99999/',
      'https://a%00b/',
    ],
  ],
};

const isCursor = ({ path }: Leaf) => /^(after|before)$/.test(path.at(-1) ?? '');

/** What somebody could put there and should not. Foreign ids and cursors of other lists come from the world. */
export function nastyValues(
  leaf: Leaf,
  world: { ids: readonly string[]; cursors: readonly string[] },
): unknown[] {
  const type = getNullableType(leaf.type);
  if (isListType(type)) {
    const items = nastyValues({ ...leaf, type: type.ofType }, world);
    const ofItems = items.slice(0, 60).map((item) => [item]);
    const many = Array.from({ length: 1_000 }, (_, at) => items[at % 8] ?? at);
    const same = Array.from({ length: 1_000 }, () => sampleOf(type.ofType, world));
    return [null, [], [null], [[]], 'x', {}, 5, many, same, same.slice(0, 2), ...ofItems];
  }
  if (isInputObjectType(type)) return [null, {}, [], 'x', 5, { nobodyKnows: 1 }, { __typename: 'x' }];
  if (isEnumType(type))
    return [
      null,
      '',
      'NOBODY_KNOWS',
      0,
      true,
      [],
      {},
      'public',
      '\u0000',
      ...type.getValues().map(({ name }) => name),
    ];
  if (isCursor(leaf)) return [...cursors, ...world.cursors];
  const ids = getNamedType(type).name === 'ID' ? world.ids : [];
  return [...(byScalar[getNamedType(type).name] ?? texts), ...ids];
}

/** Something well-formed, to be given too often. */
function sampleOf(type: GraphQLInputType, { ids }: { ids: readonly string[] }): unknown {
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name;
  return { ID: ids[0], LanguageTag: 'en', CountryCode: 'DE' }[named.name] ?? 'word';
}
