import type pg from 'pg';
import type { Logger } from '../logger.js';
import { createPauser } from './pause.js';
import { openSession } from './session.js';

/** Calls `onMessage` when a transaction that wrote to the outbox commits. Reconnects for ever; a poll covers the gaps. */
export function listenForMessages(options: { pool: pg.Pool; log: Logger; onMessage: () => void }): {
  stop(): Promise<void>;
} {
  const { pool, log, onMessage } = options;
  const pauser = createPauser();
  const work = run();

  async function run(): Promise<void> {
    while (!pauser.stopped) {
      try {
        await listen();
      } catch (error) {
        if (!pauser.stopped) log.warn({ err: error }, 'LISTEN was lost; polling until it is back');
      }
      await pauser.delay(500 + Math.random() * 500);
    }
  }

  async function listen(): Promise<void> {
    const client = await openSession(pool, 'outbox-listen');
    const lost = new Promise<Error>((resolve) => {
      client.on('error', resolve);
      client.on('end', () => resolve(new Error('connection ended')));
    });
    client.on('notification', onMessage);
    try {
      await client.query('LISTEN kit_outbox');
      onMessage();
      const error = await Promise.race([lost, pauser.untilStopped]);
      if (error) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    async stop() {
      pauser.stop();
      await work;
    },
  };
}
