import { unavailable, type Call, type Outcome, type Step } from './call.js';
import type { Client, RawAnswer } from '../client/client.js';
import { decompressorOf } from '../client/decompress.js';
import { parseAnswer } from '../client/parse-answer.js';

export interface AttemptOptions {
  readonly client: Client;
  readonly headers: (call: Call) => string;
  readonly maxBytes: number;
}

/** The innermost step: one request over HTTP, and its answer read. */
export const createAttempt =
  ({ client, headers, maxBytes }: AttemptOptions): Step =>
  (call, done) => {
    call.attempts++;
    let isCancelled = false;
    const cancel = client.send(headers(call), call.request.body, ({ raw, fault }) => {
      if (raw === undefined) done({ fault });
      else if (raw.contentEncoding === undefined || raw.contentEncoding === 'identity')
        done(parseAnswer(raw));
      else
        decompressed(raw, raw.contentEncoding, maxBytes, (outcome) => {
          if (!isCancelled) done(outcome);
        });
    });
    return (reason) => {
      isCancelled = true;
      cancel(reason);
    };
  };

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
