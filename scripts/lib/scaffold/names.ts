/** What one line tells the person who typed a command. */
export class Refusal extends Error {}

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** PostgreSQL cuts names at 63 bytes; the longest made from one of these is an index of its table. */
const longest = 30;

/** One name in every spelling a skeleton needs. */
export interface Words {
  readonly kebab: string;
  readonly camel: string;
  readonly pascal: string;
  readonly snake: string;
  readonly spoken: string;
}

/** Throws a Refusal for anything but kebab-case of at most 30 characters. `what` says which name it is. */
export function wordsOf(what: string, name: string | undefined): Words {
  if (!name || !kebabCase.test(name) || name.length > longest) {
    throw new Refusal(
      `${what}: "${name ?? ''}" is not kebab-case of at most ${longest} characters, such as job-offers.`,
    );
  }
  const pascal = capitalized(name.replace(/-(.)/g, (_all, letter: string) => letter.toUpperCase()));
  return {
    kebab: name,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    snake: name.replaceAll('-', '_'),
    spoken: name.replaceAll('-', ' '),
  };
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** `replies` -> `reply`, `boxes` -> `box`, `reviews` -> `review`; what is no plural stays. */
export function singularOf(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  if (/(ss|sh|ch|x)es$/.test(name)) return name.slice(0, -2);
  return /[^siu]s$/.test(name) ? name.slice(0, -1) : name;
}

export function pluralOf(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|sh|ch|x)$/.test(name) ? `${name}es` : `${name}s`;
}

/** A short prefix for public ids that is not taken: three consonants, three letters or the whole word. */
export function prefixFor(entity: Words, taken: ReadonlySet<string>): string {
  const letters = entity.camel.toLowerCase().replace(/[^a-z]/g, '');
  const consonants = letters.charAt(0) + letters.slice(1).replace(/[aeiou]/g, '');
  const candidates = [consonants.slice(0, 3), letters.slice(0, 3), letters];
  const free = candidates.find((prefix) => prefix.length >= 3 && !taken.has(prefix));
  if (!free) throw new Refusal(`No id prefix is free for "${entity.kebab}": name the entity otherwise.`);
  return free;
}
