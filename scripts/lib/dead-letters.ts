import { parseArgs } from 'node:util';
import {
  countDeadLetters,
  createPool,
  dayMs,
  discardDeadLetter,
  hourMs,
  listDeadLetters,
  loadConfig,
  minuteMs,
  replayDeadLetter,
  replayDeadLetters,
  stateOfMessage,
  url,
  type DeadLetter,
} from '@diaspora/kit';
import { assertDatabaseOf } from './database-of.js';
import { subgraphNames } from './subgraphs.js';

const help = `npm run dead-letters -- SUBGRAPH [ACTION] shows messages that SUBGRAPH gave up after its last attempt, and settles them.

  list                newest first: id, type, age, attempts and the last error (what it does without an action)
      --limit N       at most so many (50)
      --payload       with what was told, which may be personal data
  replay ID           hands one back to its handler, before what follows of its key; again is no fault
  replay --all        all that are there now, oldest first, one by one: what is stopped goes on when it is repeated
  discard ID          never handles it

  --type TYPE         for list and replay --all: those of a type only

DATABASE_URL is where SUBGRAPH (${subgraphNames.join(', ')}) keeps its data, as its service or its owner.
Ends with 0: done, 1: there is no such message, 2: it could not be done.`;

type Command =
  | { readonly action: 'list'; readonly type: string | undefined; limit: number; hasPayload: boolean }
  | { readonly action: 'replayAll'; readonly type: string | undefined }
  | { readonly action: 'replay' | 'discard'; readonly id: string };

const usage = (message: string) => new Error(`${message} Try --help.`);

/** Does what the words of a command line say and answers its exit code. Throws an Error whose message is one line. */
export async function runDeadLetters(
  words: string[],
  environment: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<0 | 1> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      limit: { type: 'string', default: '50' },
      payload: { type: 'boolean', default: false },
      type: { type: 'string' },
    },
  });
  if (values.help) {
    print(help);
    return 0;
  }
  const [subgraph = '', ...rest] = positionals;
  if (!subgraphNames.includes(subgraph)) throw usage(`The subgraph is one of ${subgraphNames.join(', ')}.`);
  const command = readCommand(rest, values);
  const { DATABASE_URL } = loadConfig({ DATABASE_URL: url('postgresql', 'postgres') }, environment);
  const pool = createPool({ url: DATABASE_URL, max: 1 });
  try {
    await assertDatabaseOf(pool, subgraph);
    return await execute(command, pool, print);
  } finally {
    await pool.end();
  }
}

function readCommand(
  [action = 'list', id, ...more]: string[],
  { all, limit, payload, type }: { all: boolean; limit: string; payload: boolean; type?: string },
): Command {
  if (more.length > 0) throw usage(`Too many words: ${more.join(' ')}.`);
  if (action === 'list' && id === undefined && !all) {
    if (!/^[1-9]\d{0,5}$/.test(limit)) throw usage('--limit wants a whole number.');
    return { action, type, limit: Number(limit), hasPayload: payload };
  }
  if (action === 'replay' && id === undefined && all) return { action: 'replayAll', type };
  if (action !== 'replay' && action !== 'discard') throw usage(`There is no "${action}" like that.`);
  if (all || type !== undefined) throw usage(`${action} takes either an id or --all.`);
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id ?? ''))
    throw usage(`${action} wants an id of the list.`);
  return { action, id: id! };
}

type Pool = ReturnType<typeof createPool>;

async function execute(command: Command, pool: Pool, print: (line: string) => void): Promise<0 | 1> {
  if (command.action === 'list') {
    const letters = await listDeadLetters(pool, command);
    const left = (await countDeadLetters(pool, command)) - letters.length;
    for (const line of linesOf(letters, command.hasPayload)) print(line);
    if (left > 0) print(`${left} more, for a higher --limit.`);
    return 0;
  }
  if (command.action === 'replayAll') {
    print(`Handed back: ${await replayDeadLetters(pool, command)}.`);
    return 0;
  }
  const { action, id } = command;
  const isDone = await (action === 'replay' ? replayDeadLetter : discardDeadLetter)(pool, id);
  if (isDone) {
    print(`${id}: ${action === 'replay' ? 'handed back' : 'discarded'}.`);
    return 0;
  }
  return explain(command, await stateOfMessage(pool, id), print);
}

/** Of what is no dead letter, or not any more. */
function explain(
  { action, id }: { action: 'replay' | 'discard'; id: string },
  state: Awaited<ReturnType<typeof stateOfMessage>>,
  print: (line: string) => void,
): 0 | 1 {
  if (state === 'WAITING') print(`${id}: waits for its handler already.`);
  else if (state === 'SETTLED') print(`${id}: is settled already.`);
  else print(`${id}: there is no such message.`);
  return state === 'SETTLED' || (state === 'WAITING' && action === 'replay') ? 0 : 1;
}

function linesOf(letters: readonly DeadLetter[], hasPayload: boolean): string[] {
  if (letters.length === 0) return ['There are none.'];
  const cells = [
    ['ID', 'TYPE', 'AGE', 'ATTEMPTS', 'ERROR'],
    ...letters.map(({ id, type, deadAt, attempts, error }) => [
      ...[id, type, ageOf(Date.now() - deadAt.getTime()), String(attempts), error ?? ''],
    ]),
  ].map((row) => row.map(plain));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const [header, ...lines] = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const payloadOf = ({ envelope }: DeadLetter) => JSON.stringify(envelope);
  return [header!, ...lines.flatMap((line, at) => (hasPayload ? [line, payloadOf(letters[at]!)] : [line]))];
}

/** A type or an error of somebody's making says nothing to the terminal itself. */
const plain = (text: string) => text.replace(/\p{C}/gu, ' ');

function ageOf(ms: number): string {
  if (ms >= 2 * dayMs) return `${Math.floor(ms / dayMs)} d`;
  if (ms >= 2 * hourMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.max(0, Math.floor(ms / minuteMs))} min`;
}
