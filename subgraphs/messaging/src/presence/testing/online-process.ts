/** One process to which somebody is connected: `online-process.ts <redis url> <namespace> <person> <lasts ms>`. */
import { connectRedis, createLive, createLogger } from '@diaspora/kit';
import { createExpiring, createLookingAgain } from '../../following/index.js';
import { createOnline } from '../online.js';

const [url = '', namespace = '', personId = '', lastsMs = '0'] = process.argv.slice(2);
const redis = connectRedis({ url, log: createLogger({ name: 'online', level: 'silent' }), name: 'online' });
const own = { redis, namespace };
createOnline({
  live: createLive(own),
  expiring: createExpiring(own),
  lookAgain: createLookingAgain(1_000_000),
  isSeen: async () => true,
  lastsMs: Number(lastsMs),
}).connect(personId);
