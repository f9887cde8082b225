/** Creates or updates the six databases of an existing PostgreSQL: what a deployment runs before the services. */
import path from 'node:path';
import { loadConfig, provisionDatabase, secret, url } from '@diaspora/kit';
import { migrate } from '@diaspora/kit/migrations';
import { subgraphNames, subgraphPaths } from './lib/subgraphs.js';

try {
  const config = loadConfig(
    {
      /** A superuser's, to create roles, databases and extensions. */
      ADMIN_DATABASE_URL: url('postgresql', 'postgres'),
      OWNER_PASSWORD: secret(),
      SERVICE_PASSWORD: secret(),
    },
    process.env,
  );
  for (const name of subgraphNames) {
    const { ownerUrl, serviceUrl } = await provisionDatabase({
      adminUrl: config.ADMIN_DATABASE_URL,
      name,
      ownerPassword: config.OWNER_PASSWORD,
      servicePassword: config.SERVICE_PASSWORD,
    });
    const { applied } = await migrate({ ownerUrl, serviceUrl, modelPath: subgraphPaths(name).dataModel });
    console.log(
      `${name}: ${applied.length > 0 ? applied.map((each) => path.basename(each)).join(', ') : 'up to date'}`,
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
