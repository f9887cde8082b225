import type { Client, RawAnswer, Received } from '../client/client.js';
import { decompressorOf } from '../client/decompress.js';
import { parseAnswer } from '../client/parse-answer.js';
import { unavailable, type Call, type Outcome, type Receiver, type Sending, type Step } from './call.js';

export interface AttemptOptions {
  readonly client: Client;
  readonly headers: (call: Call) => string;
  readonly maxBytes: number;
}

/** The innermost step: one request over HTTP, and its answer read. */
export const createAttempt =
  (options: AttemptOptions): Step =>
  (call, receiver) =>
    new Attempt(options, call, receiver);

class Attempt implements Sending {
  readonly #receiver: Receiver;
  readonly #maxBytes: number;
  readonly #exchange: { cancel(): void };
  #isCancelled = false;

  constructor({ client, headers, maxBytes }: AttemptOptions, call: Call, receiver: Receiver) {
    call.attempts++;
    this.#receiver = receiver;
    this.#maxBytes = maxBytes;
    this.#exchange = client.send(headers(call), call.request.body, this);
  }

  receive({ raw, fault }: Received): void {
    if (raw === undefined) this.#receiver.receive({ fault });
    else if (raw.contentEncoding === undefined || raw.contentEncoding === 'identity')
      this.#receiver.receive(parseAnswer(raw));
    else
      decompressed(raw, raw.contentEncoding, this.#maxBytes, (outcome) => {
        if (!this.#isCancelled) this.#receiver.receive(outcome);
      });
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#exchange.cancel();
  }
}

function decompressed(
  raw: RawAnswer,
  coding: string,
  maxBytes: number,
  done: (outcome: Outcome) => void,
): void {
  const { status } = raw;
  const decompress = decompressorOf(coding, maxBytes);
  if (decompress === undefined)
    return done({ status, ...unavailable(`answered with the coding "${coding}"`) });
  // Its memory is used again once we return.
  decompress(Buffer.from(raw.body), (body) =>
    done(
      body === undefined
        ? { status, ...unavailable(`answered with damaged or too much ${coding}`) }
        : parseAnswer({ ...raw, body }),
    ),
  );
}
