import type { Call } from './models.js';

/** A whole number that changes from call to call, always of so many digits. */
export interface Gap {
  readonly ask: (call: Call) => number;
  readonly width: number;
}

/** Text that is the same for every call but for its gaps. */
export interface Kept {
  readonly bytes: Buffer;
  readonly gaps: readonly (Gap & { readonly at: number })[];
}

/** A piece of JSON text. */
export type Part = string | Gap | Kept;

export const isKept = (part: Part): part is Kept => typeof part !== 'string' && 'bytes' in part;

/** The parts as one. */
export function keep(parts: readonly Part[]): Kept {
  const bytes = Buffer.allocUnsafe(lengthOf(parts));
  const gaps: Kept['gaps'][number][] = [];
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') at += bytes.write(part, at);
    else if (isKept(part)) {
      part.bytes.copy(bytes, at);
      for (const gap of part.gaps) gaps.push({ ...gap, at: at + gap.at });
      at += part.bytes.length;
    } else {
      gaps.push({ ...part, at });
      at += part.width;
    }
  }
  return { bytes, gaps };
}

/** The text of the parts for one call. */
export function join(parts: readonly Part[], call: Call): Buffer {
  const bytes = Buffer.allocUnsafe(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') at += bytes.write(part, at);
    else if (isKept(part)) {
      bytes.set(part.bytes, at);
      for (const gap of part.gaps) writeNumber(bytes, at + gap.at, gap, call);
      at += part.bytes.length;
    } else {
      writeNumber(bytes, at, part, call);
      at += part.width;
    }
  }
  return bytes;
}

function lengthOf(parts: readonly Part[]): number {
  let length = 0;
  for (const part of parts) {
    if (typeof part === 'string') length += Buffer.byteLength(part);
    else length += isKept(part) ? part.bytes.length : part.width;
  }
  return length;
}

const zero = 48;

function writeNumber(bytes: Buffer, at: number, { ask, width }: Gap, call: Call): void {
  let rest = ask(call);
  for (let index = at + width - 1; index >= at; index--) {
    bytes[index] = zero + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  if (rest !== 0 || bytes[at] === zero) throw new Error(`A changing value has not ${width} digits.`);
}
