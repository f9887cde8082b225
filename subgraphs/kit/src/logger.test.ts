import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';

function logged(write: (log: ReturnType<typeof createLogger>) => void, level?: string) {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  write(createLogger({ name: 'test', destination, ...(level !== undefined && { level }) }));
  return lines;
}

describe('the log', () => {
  it.each(['password', 'token', 'refreshToken', 'accessToken', 'secret', 'authorization', 'cookie', 'email'])(
    'hides %s, up to two levels down',
    (field) => {
      const [line] = logged((log) =>
        log.info({ [field]: 'x-1', a: { [field]: 'x-2', b: { [field]: 'x-3' } } }),
      );
      expect(line).toContain('[redacted]');
      expect(line).not.toContain('x-');
    },
  );

  it('says of an error what finds the fault, and not what was being written', () => {
    const cause = Object.assign(new Error('duplicate key'), {
      detail: 'Key (email)=(zamfir@example.org) exists',
    });
    const error = Object.assign(new Error('write failed', { cause }), {
      code: 'P2002',
      meta: { zamfir: 'zamfir@' },
    });
    const [line] = logged((log) => log.error({ err: error }, 'unexpected error'));
    expect(JSON.parse(line!)).toMatchObject({
      err: { type: 'Error', code: 'P2002', message: 'write failed: duplicate key' },
    });
    expect(line).toContain('logger.test.ts');
    expect(line).not.toContain('zamfir');
  });

  it.each(['', 'loud'])('falls back to info for the level "%s", which configuration will refuse', (level) => {
    const lines = logged((log) => {
      log.debug('quiet');
      log.info('heard');
    }, level);
    expect(lines).toHaveLength(1);
  });
});
