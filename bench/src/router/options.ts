import { parseArgs } from 'node:util';
import { routerNames, type RouterName } from './routers.js';
import { scenarioNames, type ScenarioName } from './scenarios.js';

export interface Options {
  /** Samples of each router; medians count. */
  readonly rounds: number;
  /** Length of one sample. */
  readonly seconds: number;
  /** Load before the first sample, on each router. */
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly scenarios: readonly ScenarioName[];
  readonly routers: readonly RouterName[];
  /** The one router to profile instead of comparing. */
  readonly profile: RouterName | undefined;
  /** Folder for the profile. */
  readonly out: string | undefined;
}

export const help = `Compares the router with others on one core, over cheap subgraphs, with a nested query that ApolloGateway
answers with sixteen fetches. Every answer is checked against one that graphql-js gives straight from the data.
The others come from npm, once (bench/peers); after that it works offline.

  npm run bench:router -- [options]

  --rounds N        samples of each router, taking turns; medians count             (7)
  --seconds N       length of a sample                                              (6)
  --warm-up N       seconds of load on each router before its first sample          (8)
  --connections N                                                                   (50)
  --only A,B        scenarios: ${scenarioNames.join(', ')}
  --routers A,B     ${routerNames.join(', ')}
  --profile NAME    profile one router under load instead, in the first scenario of --only, and name its
                    dearest functions; the .cpuprofile opens in any Chromium's developer tools
  --out FOLDER      where the profile goes                                          (the temporary folder)
  --quick           one short round: does it work at all
  --help
`;

/** Throws an Error of one line for what cannot be understood; undefined when help is wanted. */
export function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: text,
      seconds: text,
      'warm-up': text,
      connections: text,
      only: text,
      routers: text,
      profile: text,
      out: text,
      quick: flag,
      help: flag,
    },
  });
  if (values.help) return undefined;
  const [rounds, seconds, warmUp] = values.quick ? ['1', '2', '3'] : ['7', '6', '8'];
  return {
    rounds: whole('rounds', values.rounds ?? rounds),
    seconds: whole('seconds', values.seconds ?? (values.profile === undefined ? seconds : '10')),
    warmUpSeconds: whole('warm-up', values['warm-up'] ?? warmUp),
    connections: whole('connections', values.connections ?? '50'),
    scenarios: among('only', values.only, scenarioNames),
    routers: among('routers', values.routers, routerNames),
    profile: values.profile === undefined ? undefined : among('profile', values.profile, routerNames)[0],
    out: values.out,
  };
}

function whole(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 1_000) return number;
  throw new Error(`--${name} must be a whole number from 1 to 1000, not "${value}".`);
}

/** All that are known when none is given. */
function among<Name extends string>(
  option: string,
  list: string | undefined,
  known: readonly Name[],
): Name[] {
  if (list === undefined) return [...known];
  return list.split(',').map((word) => {
    const name = known.find((one) => one === word);
    if (!name) throw new Error(`--${option} knows ${known.join(', ')}, not "${word}".`);
    return name;
  });
}
