/** One process in which somebody types: `typing-process.ts <redis url> <namespace> <person> <conversation> <lasts ms>`. */
import { connectRedis, createLive, createLogger } from '@diaspora/kit';
import { createExpiring, createLookingAgain } from '../../following/index.js';
import { createTyping } from '../typing.js';

const [url = '', namespace = '', viewerId = '', conversationId = '', lastsMs = '0'] = process.argv.slice(2);
const redis = connectRedis({ url, log: createLogger({ name: 'typing', level: 'silent' }), name: 'typing' });
const own = { redis, namespace };
const typing = createTyping({
  live: createLive(own),
  expiring: createExpiring(own),
  lookAgain: createLookingAgain(1_000_000),
  isSeen: async () => true,
  mayHear: async () => true,
  lastsMs: Number(lastsMs),
});
// As an application does that goes on: again and again.
setInterval(() => void typing.set({ viewerId, conversationId }, true), Number(lastsMs) / 5);
