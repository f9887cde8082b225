import { parseArgs } from 'node:util';
import { createPool, loadConfig, url, type OwnRetelling } from '@diaspora/kit';
import { assertDatabaseOf } from './database-of.js';

const owners: Readonly<Record<string, () => Promise<OwnRetelling>>> = {
  users: async () => (await import('@diaspora/users/retelling')).retelling,
};
const names = Object.keys(owners).join(', ');

const help = `npm run retell -- SUBGRAPH tells again what is so: the other subgraphs keep it, and do nothing else about it.

For a subgraph that began to follow a type of message after it was first sent, or whose database was restored. Deploy
that one first. What follows what happens (mails, notifications, webhooks) does not hear of it.

  --type TYPE   that type only; may be given more than once (all that SUBGRAPH can tell again)
  --rate N      at most so many messages a second (200); it waits too while the broker is behind
  --anew        from the beginning; else what was stopped goes on where it was

DATABASE_URL is where SUBGRAPH (${names}) keeps its data, as its service or its owner.
Ends with 0: done, 2: it could not be done.`;

const usage = (message: string) => new Error(`${message} Try --help.`);

/** Does what the words of a command line say. Throws an Error whose message is one line. */
export async function runRetell(
  words: string[],
  environment: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<0> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      anew: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rate: { type: 'string', default: '200' },
      type: { type: 'string', multiple: true },
    },
  });
  if (values.help) {
    print(help);
    return 0;
  }
  const [subgraph = '', ...more] = positionals;
  const owner = Object.hasOwn(owners, subgraph) ? owners[subgraph] : undefined;
  if (!owner) throw usage(`The subgraph is one of ${names}.`);
  if (more.length > 0) throw usage(`Too many words: ${more.join(' ')}.`);
  if (!/^[1-9]\d{0,5}$/.test(values.rate)) throw usage('--rate wants a whole number.');
  const retelling = await owner();
  const unknown = values.type?.find((type) => !retelling.types.includes(type));
  if (unknown) throw usage(`${subgraph} tells no "${unknown}" again, but ${retelling.types.join(', ')}.`);

  const { DATABASE_URL } = loadConfig({ DATABASE_URL: url('postgresql', 'postgres') }, environment);
  await assertDatabaseAt(DATABASE_URL, subgraph);
  const keys = await retelling.run(DATABASE_URL, {
    types: values.type && [...new Set(values.type)].sort(),
    rate: Number(values.rate),
    isAnew: values.anew,
    onProgress: ({ state, done, total }) => print(`${state}: ${done} of ${total}.`),
    onWaiting: () => print('Waits for the broker to take what was told so far.'),
  });
  print(`Told again: ${keys}.`);
  return 0;
}

async function assertDatabaseAt(databaseUrl: string, subgraph: string): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 1 });
  try {
    await assertDatabaseOf(pool, subgraph);
  } finally {
    await pool.end();
  }
}
