/** So many points in so many seconds. */
export interface Allowance {
  readonly points: number;
  readonly seconds: number;
}

/** `10000/60s`; undefined for anything else. */
export function parseRate(text: string): Allowance | undefined {
  const [, points, seconds] = /^([1-9]\d{0,8})\/([1-9]\d{0,5})s$/.exec(text) ?? [];
  return points === undefined ? undefined : { points: Number(points), seconds: Number(seconds) };
}
