import type { NastySupergraph } from '../nasty.js';

const texts = [
  'a "quote" and a \\ backslash',
  'line\nfeed\r\ttab \b\f\v\u0000\u001f\u007f',
  '\u2028\u2029\u0085\ufeff',
  'a lone \ud800 surrogate and \udfff another',
  '\u{1f600} ünïcode 漢字 \u202e',
  '</script><!-- {"json":[1]} --> \\u0041 \\"',
  '',
  '__proto__',
];

export const scalars: NastySupergraph = {
  name: 'values at the edges of their types',
  subgraphs: {
    a: `
      scalar JSON
      scalar Long
      type Query { texts: [String] rows: [Row!]! say(text: String): String json: JSON ints: [Int] floats: [Float] longs: [Long] ids: [ID] jsons: [JSON!] bools: [Boolean] huge: String }
      type Row @key(fields: "key") { key: String! number: Int }
    `,
    b: `
      scalar JSON
      type Row @key(fields: "key") { key: String! back: String json: JSON float: Float }
    `,
    c: `
      type Query { numbered: [Numbered] }
      type Numbered @key(fields: "id") { id: ID! name: String }
    `,
    d: 'type Numbered @key(fields: "id") { id: ID! big: Float flag: Boolean }',
  },
  values: {
    'Query.texts': () => [...texts, null],
    'Query.rows': () => texts.map((_, n) => n),
    'Query.say': ({ args }) => args['text'] ?? 'nothing',
    'Row.key': ({ n }) => texts[n % texts.length],
    'Row.back': ({ n }) => texts[n % texts.length],
    'Row.json': ({ n }) =>
      [texts[n % texts.length], { [texts[n % texts.length] ?? '']: [n, null, { x: {} }] }, n, false][n % 4],
    'Row.float': ({ n }) => [0, -0.5, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 100][n],
    'Query.json': () => ({ a: [1, { b: null }, []], '': {}, 'ke"y': 'v\\' }),
    'Query.jsons': () => [{}, [], 'x', 0, false, { n: { n: { n: [] } } }],
    'Query.ints': () => [0, -0, 2147483647, -2147483648, null],
    'Query.floats': () => [0.1, 1e100, -1e-100, 3, null, 123456789012345680000],
    'Query.longs': () => [9007199254740991, -9007199254740991, '9223372036854775807', 1e20],
    'Query.ids': () => [1, 'x', '007', 2147483648, ''],
    'Query.bools': () => [true, false, null],
    'Query.huge': () => 'x"\\ü'.repeat(20_000),
    'Query.numbered': () => [0, 1, 2],
    'Numbered.id': ({ n }) => [0, 9007199254740991, '01'][n] ?? n,
    'Numbered.big': ({ n }) => n * 1e15,
  },
  operations: [
    { name: 'texts', document: '{ texts }', expected: { data: { texts: [...texts, null] } } },
    { name: 'texts as keys of entities', document: '{ rows { key number back json float } }' },
    {
      name: 'texts as literals',
      document:
        '{ a: say(text: "q\\"b\\\\ \\u2028 \\n") b: say(text: """block "quotes" \\ and\n  lines""") c: say(text: "漢字 \u{1f600}") }',
    },
    {
      name: 'texts as variables',
      document:
        'query ($a: String, $b: String, $c: String) { a: say(text: $a) b: say(text: $b) c: say(text: $c) }',
      variables: { a: texts[0], b: texts[1], c: texts[3] },
    },
    { name: 'scalars of their own', document: '{ json jsons longs }' },
    {
      name: 'numbers',
      document: '{ ints floats ids bools }',
      expected: {
        data: {
          ints: [0, 0, 2147483647, -2147483648, null],
          floats: [0.1, 1e100, -1e-100, 3, null, 123456789012345680000],
          ids: ['1', 'x', '007', '2147483648', ''],
          bools: [true, false, null],
        },
      },
    },
    { name: 'ids that are numbers', document: '{ numbered { id name big flag } }' },
    { name: 'a long text', document: '{ huge texts }' },
  ],
};
