/** What a subgraph's state is, told again: `npm run retell -- --help` says all. */
import { runRetell } from './lib/retell.js';

try {
  process.exitCode = await runRetell(process.argv.slice(2), process.env, (line) => console.log(line));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
