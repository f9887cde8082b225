/** The subgraphs as a process of their own, of which the bench asks over its channel. */
import { startSubgraphs } from './server.js';

const subgraphs = await startSubgraphs({ changing: process.argv.includes('--changing') });
process.on('message', () => process.send!({ answered: subgraphs.answered() }));
process.on('disconnect', () => process.exit(0));
process.send!({ urls: subgraphs.urls });
