import type { NastySupergraph } from '../nasty.js';

export const inputs: NastySupergraph = {
  name: 'enums and inputs that intersect, defaults, variables inside of inputs',
  subgraphs: {
    a: `
      type Query {
        search(filter: Filter, order: Order = NEWEST, first: Int! = 10, tags: [[String!]!]): [Thing!] @shareable
        echo(filter: Filter = { text: "none", range: { from: 1 } }, list: [Range!] = [{ from: 5 }], any: JSON): String
        kind: Kind @shareable
      }
      scalar JSON
      enum Order { NEWEST OLDEST RANDOM }
      enum Kind { GOOD BAD UGLY }
      input Filter { text: String order: Order range: Range not: Filter onlyA: Int }
      input Range { from: Int! = 0 to: Int unit: String = "m" }
      type Thing @key(fields: "id") { id: ID! name(style: Style = { bold: true }): String }
      input Style { bold: Boolean! colour: [Int!] = [1, 2] }
    `,
    b: `
      type Query {
        search(filter: Filter, order: Order = NEWEST, first: Int! = 10, tags: [[String!]!], onlyB: Int): [Thing!] @shareable
        kind: Kind @shareable
      }
      enum Order { NEWEST OLDEST BEST }
      enum Kind { GOOD BAD }
      input Filter { text: String order: Order range: Range not: Filter }
      input Range { from: Int! = 0 to: Int unit: String = "m" }
      type Thing @key(fields: "id") { id: ID! rate(in: Range, kinds: [Kind2!]): Int }
      enum Kind2 { X Y }
    `,
  },
  operations: [
    { name: 'defaults of arguments and of input fields', document: '{ echo search { name rate } }' },
    {
      name: 'defaults are not used for null',
      document:
        '{ echo(filter: null, list: null, any: null) search(filter: null, order: null) { name(style: null) } }',
    },
    {
      name: 'variables deep inside of objects and lists',
      document:
        'query ($t: String, $f: Int!, $o: Order) { search(filter: { text: $t, not: { range: { from: $f }, order: $o } }, tags: [["x", "y"], []]) { id rate(in: { from: $f, to: 7 }, kinds: [X, Y]) } }',
      variables: { t: 'q"uote', f: 3 },
    },
    {
      name: 'a variable that is not given is not there',
      document: 'query ($f: Filter, $o: Order) { echo(filter: $f) search(order: $o) { id } }',
    },
    {
      name: 'a variable that is null is null',
      document: 'query ($f: Filter, $o: Order) { echo(filter: $f) search(order: $o) { id } }',
      variables: { f: null, o: null },
    },
    {
      name: 'defaults of variables',
      document:
        'query ($f: Filter = { text: "d", range: { from: 2 } }, $n: Int! = 3, $l: [Range!] = { from: 9 }) { echo(filter: $f, list: $l) search(first: $n) { id } }',
    },
    {
      name: 'one value for a list',
      document:
        'query ($l: [Range!]) { echo(list: { from: 1, to: 2 }) b: echo(list: $l) search(tags: "x") { id } }',
      variables: { l: { from: 4 } },
    },
    {
      name: 'a scalar of its own takes anything',
      document:
        'query ($j: JSON, $s: String) { a: echo(any: { deep: [1, "x", { y: null }], var: $s }) b: echo(any: $j) c: echo(any: [1.5, true]) }',
      variables: { j: { a: [null, { b: '\u2028' }] }, s: 'in' },
    },
    {
      name: 'arguments of entity fields from variables in two entity fetches',
      document:
        'query ($k: [Kind2!], $i: Range!) { search { rate(kinds: $k) again: rate(in: $i) name(style: { bold: false, colour: [] }) } }',
      variables: { k: ['Y'], i: { from: 1 } },
    },
    {
      name: 'enum values that all subgraphs know',
      document: 'query ($o: Order = OLDEST) { kind search(order: $o) { id rate } }',
    },
    {
      name: 'a list item from a variable',
      document:
        'query ($r: Range!, $x: String!) { echo(list: [$r, { from: 2 }, $r]) search(tags: [[$x]]) { id } }',
      variables: { r: { from: 1 }, x: 'y' },
    },
  ],
};
