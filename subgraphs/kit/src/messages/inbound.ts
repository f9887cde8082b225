import { v5 } from 'uuid';
import { envelopeSchema, type Envelope } from './definitions.js';
import { toMessage, type Message, type MessageHandler } from './handlers.js';

/** What came off the wire, judged: ready to handle, of no interest here, or never to be handled as it is. */
export type Inbound<Tx> =
  | {
      kind: 'ready';
      id: string;
      key: string;
      envelope: unknown;
      message: Message;
      handler: MessageHandler<Tx>;
    }
  | { kind: 'unknown'; id: string; key: string }
  | { kind: 'invalid'; id: string; key: string; type: string; envelope: unknown; reason: string };

export type Judge<Tx> = (raw: unknown) => Inbound<Tx>;

// Any fixed namespace does: a broken message gets the same id each time it is delivered.
const brokenMessages = 'f0b7f3a2-51f4-4c0e-9a0b-6f6d5a0f7c11';

export function createJudge<Tx>(source: string, handlers: readonly MessageHandler<Tx>[]): Judge<Tx> {
  const own = handlers.filter((handler) => handler.source === source);
  const types = new Set(own.map((handler) => handler.type));

  function judgeEnvelope(envelope: Envelope): Inbound<Tx> {
    const { id, subject: key, type } = envelope;
    if (!types.has(type)) return { kind: 'unknown', id, key };
    const invalid = (reason: string) => ({ kind: 'invalid', id, key, type, envelope, reason }) as const;
    const handler = own.find((each) => each.type === type && each.version === envelope.dataversion);
    if (!handler) return invalid(`No handler for version ${envelope.dataversion}`);
    const data = handler.schema.safeParse(envelope.data);
    if (!data.success) return invalid(faultsOf(data.error.issues));
    return { kind: 'ready', id, key, envelope, message: toMessage(envelope, data.data), handler };
  }

  return (raw) => {
    const value = typeof raw === 'string' ? parseJson(raw) : raw;
    const envelope = envelopeSchema.safeParse(value);
    if (envelope.success) return judgeEnvelope(envelope.data);
    const id = v5(JSON.stringify(value) ?? String(raw), brokenMessages);
    return {
      kind: 'invalid',
      id,
      key: '',
      type: '',
      envelope: value,
      reason: faultsOf(envelope.error.issues),
    };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Paths and rules, never values: this is stored and shown. */
const faultsOf = (issues: readonly { path: PropertyKey[]; code?: string | undefined }[]): string =>
  issues
    .map(({ path, code }) => `${path.map(String).join('.') || 'message'}: ${code ?? 'invalid'}`)
    .join('; ');
