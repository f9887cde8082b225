import type { MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import type { Transaction } from './database.js';

type Handler = MessageHandler<Transaction>;

/** Slices that listen to the same message handle it one after the other, in one transaction: the bus wants one handler. */
export function inTurn(handlers: readonly Handler[]): Handler[] {
  const byKind = new Map<string, Handler[]>();
  for (const handler of handlers) {
    const kind = `${handler.source} ${handler.type} ${handler.version}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), handler]);
  }
  return [...byKind.values()].map((alike) => (alike.length === 1 ? alike[0]! : together(alike)));
}

function together(handlers: readonly Handler[]): Handler {
  return {
    ...handlers[0]!,
    schema: z
      .unknown()
      .transform((data, context) => handlers.map(({ schema }) => read(schema, data, context))),
    handle: async (message, tx) => {
      const parts = message.data as readonly unknown[];
      for (const [index, { handle }] of handlers.entries())
        await handle({ ...message, data: parts[index] }, tx);
    },
  };
}

function read(schema: z.ZodType, data: unknown, context: z.RefinementCtx): unknown {
  const result = schema.safeParse(data);
  for (const { message, path } of result.error?.issues ?? [])
    context.addIssue({ code: 'custom', message, path: [...path] });
  return result.data;
}
