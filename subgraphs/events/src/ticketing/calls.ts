import { idempotencyKey as keySchema, parseInput, type IdempotentCall, type Viewer } from '@diaspora/kit';

interface Command {
  readonly idempotencyKey: string;
  readonly input: object;
}

/** A command under a key of its client's. Amounts are compared as text, which is how JSON can hold them. */
export const callOf = (
  viewer: Viewer,
  operation: string,
  { idempotencyKey, input }: Command,
): IdempotentCall => ({
  ...{ actor: viewer.id, operation },
  key: parseInput(keySchema(), idempotencyKey),
  request: JSON.parse(
    JSON.stringify(input, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  ) as unknown,
});
