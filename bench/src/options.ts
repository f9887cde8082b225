import { parseArgs } from 'node:util';

export interface Options {
  /** How often each journey is measured through each target; the median counts. */
  readonly rounds: number;
  /** Length of one sample. */
  readonly seconds: number;
  /** Numbers of connections to measure with. */
  readonly connections: readonly number[];
  /** How many people the community has; events, posts and comments follow from it. */
  readonly people: number;
  /** Names of journeys to measure; all when empty. */
  readonly only: readonly string[];
  readonly parts: readonly Part[];
  readonly logDir: string | undefined;
}

const parts = ['requests', 'startup'] as const;
export type Part = (typeof parts)[number];

export const help = `Measures the supergraph on this machine: journeys through the router and through a bare ApolloGateway,
the work they cause, start-up and memory. Starts everything it needs and removes it again.

  npm run bench -- [options]

  --rounds N        samples of each journey, target and number of connections; medians count   (5)
  --seconds N       length of a sample                                                         (4)
  --connections N,N numbers of connections                                                     (1,32)
  --people N        size of the community: 5 events, 10 posts and 36 comments a person         (24)
  --only A,B        only these journeys: discovery, event-page, feed, search, home, customers, mutations
  --part A,B        only these parts: requests, startup
  --logs FOLDER     keep the errors that the services log in this folder
  --quick           one short round over a small community: does it work at all
  --help
`;

/** Throws an Error of one line for what cannot be understood; undefined when help is wanted. */
export function readOptions(args: readonly string[], known: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: text,
      seconds: text,
      connections: text,
      people: text,
      only: text,
      part: text,
      logs: text,
      quick: flag,
      help: flag,
    },
  });
  if (values.help) return undefined;
  const fallback = values.quick ? ['1', '1', '1,8', '6'] : ['5', '4', '1,32', '24'];
  const [rounds, seconds, connections, people] = fallback as [string, string, string, string];
  return {
    rounds: whole('rounds', values.rounds ?? rounds),
    seconds: whole('seconds', values.seconds ?? seconds),
    connections: words(values.connections ?? connections).map((word) => whole('connections', word)),
    people: whole('people', values.people ?? people, 4),
    only: among('only', words(values.only), known),
    logDir: values.logs,
    parts: values.part === undefined ? parts : among('part', words(values.part), parts),
  };
}

const words = (list: string | undefined) => list?.split(',').filter(Boolean) ?? [];

function whole(name: string, value: string, least = 1): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= 1_000) return number;
  throw new Error(`--${name} must be a whole number from ${least} to 1000, not "${value}".`);
}

function among<Name extends string>(option: string, given: string[], known: readonly Name[]): Name[] {
  return given.map((word) => {
    const name = known.find((one) => one === word);
    if (!name) throw new Error(`--${option} knows ${known.join(', ')}, not "${word}".`);
    return name;
  });
}
