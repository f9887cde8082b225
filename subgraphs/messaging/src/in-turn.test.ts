import { expect, it } from '@jest/globals';
import type { MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { inTurn } from './in-turn.js';

const origin = { id: 'm', source: 'users', key: 'k', time: new Date(0) };
const rest = { requestId: undefined, traceparent: undefined };

function listeners() {
  const heard: unknown[] = [];
  const on = (type: string, schema: z.ZodType, version = 1): MessageHandler<Transaction> => ({
    source: 'users',
    type,
    version,
    schema,
    handle: async ({ data }) => void heard.push(data),
  });
  const handlers = inTurn([
    on('a', z.object({ one: z.number() })),
    on('b', z.object({})),
    on('a', z.object({ two: z.string() })),
    on('a', z.object({ three: z.string() }), 2),
  ]);
  return { handlers, heard };
}

it('makes one handler of those for one message, and each sees its own part of it', async () => {
  const { handlers, heard } = listeners();
  expect(handlers.map(({ type, version }) => `${type}${version}`)).toEqual(['a1', 'b1', 'a2']);
  const message = { ...origin, ...rest, type: 'a', data: handlers[0]!.schema.parse({ one: 1, two: 'two' }) };
  await handlers[0]!.handle(message, {} as Transaction);
  expect(heard).toEqual([{ one: 1 }, { two: 'two' }]);
});

it('refuses a message that one of them cannot read', () => {
  const [first] = listeners().handlers;
  expect(first!.schema.safeParse({ one: 1 })).toMatchObject({
    success: false,
    error: { issues: [{ path: ['two'] }] },
  });
});
