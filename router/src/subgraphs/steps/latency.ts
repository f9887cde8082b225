/** A running estimate of how long answers take. */
export interface Latency {
  record(ms: number): void;
  /** How long to wait before an answer is unusually late; undefined until enough is known. */
  unusual(): number | undefined;
}

const bucketsPerOctave = 4;
const buckets = 20 * bucketsPerOctave;
const leastMs = 0.1;
const leastSamples = 100;
/** From here on old samples count half, again and again: the estimate follows the last thousand or so. */
const mostSamples = 2_000;
const recomputeEvery = 32;

/**
 * Counts in buckets a fifth apart. Unusual is what is later than 95% of the answers and than twice the median: where
 * all answers take about the same time, a second attempt would not be faster.
 */
export function createLatency(): Latency {
  const counts = new Float64Array(buckets);
  let samples = 0;
  let sinceComputed = 0;
  let unusual: number | undefined;

  function quantile(share: number): number {
    let left = samples * share;
    const index = counts.findIndex((count) => (left -= count) <= 0);
    return leastMs * 2 ** ((index + 1) / bucketsPerOctave);
  }

  function compute(): void {
    sinceComputed = 0;
    if (samples < leastSamples) return;
    unusual = Math.max(quantile(0.95), 2 * quantile(0.5));
    if (samples < mostSamples) return;
    samples = 0;
    for (let index = 0; index < buckets; index++) samples += counts[index]! /= 2;
  }

  return {
    record(ms) {
      const index = Math.floor(Math.log2(Math.max(ms, leastMs) / leastMs) * bucketsPerOctave);
      counts[Math.min(index, buckets - 1)]!++;
      samples++;
      if (++sinceComputed >= recomputeEvery) compute();
    },
    unusual: () => unusual,
  };
}
