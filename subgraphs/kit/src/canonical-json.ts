/**
 * JSON with sorted keys and nothing between them (RFC 8785): equal values are equal text. What JSON leaves out (undefined
 * fields) does not count, and what it turns into text (dates) counts as that.
 */
export const canonicalJson = (value: unknown): string => write(JSON.parse(JSON.stringify(value ?? null)));

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${write(field)}`).join(',')}}`;
}
