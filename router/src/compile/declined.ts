/** The compiler does not know how to do it; the interpreter does. The message is for `explain`. */
export class Declined extends Error {}

export function decline(reason: string): never {
  throw new Declined(reason);
}
