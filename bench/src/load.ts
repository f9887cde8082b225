import autocannon from 'autocannon';

/** One request as it goes over the wire. */
export interface Shot {
  readonly token: string;
  readonly body: string;
}

export interface Sample {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
}

export interface Load {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** The next request, another one each time. */
  readonly next: () => Shot;
  readonly signal: AbortSignal;
}

/** Sends requests for some seconds, each connection its next one as soon as it has its answer. Throws on a wrong answer. */
export async function fire({ url, connections, seconds, next, signal }: Load): Promise<Sample> {
  const times: number[] = [];
  let wrong = 0;
  let example = '';
  const check = (status: number, body: string) => {
    if (isRight(status, body)) return;
    wrong++;
    example ||= `${status} ${body.slice(0, 600)}`;
  };
  const request = {
    method: 'POST',
    setupRequest: (base: object) => {
      const { token, body } = next();
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      return { ...base, headers, body };
    },
    onResponse: check,
  };
  signal.throwIfAborted();
  const startedAt = performance.now();
  const lost = await new Promise<number>((resolve, reject) => {
    const options = {
      url: `${url}/graphql`,
      connections,
      duration: seconds,
      sampleInt: 50,
      timeout: 30,
      requests: [request],
    };
    const stop = () => run.stop();
    const run = autocannon(options, (error, result) => {
      signal.removeEventListener('abort', stop);
      if (error) reject(error);
      else resolve(result.errors);
    });
    signal.addEventListener('abort', stop);
    run.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
  });
  signal.throwIfAborted();
  const elapsed = (performance.now() - startedAt) / 1_000;
  if (lost > 0) throw new Error(`${lost} of ${times.length + lost} requests got no answer.`);
  if (wrong > 0) throw new Error(`${wrong} of ${times.length} answers were wrong, such as: ${example}`);
  if (times.length === 0) throw new Error(`No answer within ${seconds} s.`);
  times.sort((a, b) => a - b);
  return {
    rate: times.length / elapsed,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    answers: times.length,
  };
}

/** Data, no errors, and nothing that a mutation refused. */
export const isRight = (status: number, body: string): boolean =>
  status === 200 &&
  body.startsWith('{"data":{') &&
  !body.includes('"errors":[') &&
  !/"userErrors":\[[^\]]/.test(body);

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
