/** Messages that a subgraph gave up: `npm run dead-letters -- --help` says all. */
import { runDeadLetters } from './lib/dead-letters.js';

try {
  process.exitCode = await runDeadLetters(process.argv.slice(2), process.env, (line) => console.log(line));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
