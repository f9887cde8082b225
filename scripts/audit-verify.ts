/**
 * `npm run audit:verify [-- --expect users:1200:<hash> ...]` checks every line of the audit trail in the database at
 * DATABASE_URL (that of users, as its owner or its service). TOKEN_SECRET, where it is set, has the seals checked too.
 * `--expect` names places that were noted elsewhere: the log of users has one for each seal. Exit 0: intact, 1: tampered
 * with, 2: could not be checked.
 */
import { parseArgs } from 'node:util';
import { loadConfig, secret, url } from '@diaspora/kit';
import { parseExpected, verifyTrail } from '@diaspora/users/audit';

try {
  const { values } = parseArgs({ options: { expect: { type: 'string', multiple: true, default: [] } } });
  const config = loadConfig(
    { DATABASE_URL: url('postgresql', 'postgres'), TOKEN_SECRET: secret().optional() },
    process.env,
  );
  const faults = await verifyTrail({
    databaseUrl: config.DATABASE_URL,
    secret: config.TOKEN_SECRET,
    expected: values.expect.map(parseExpected),
    print: (line) => console.log(line),
  });
  process.exitCode = faults > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
