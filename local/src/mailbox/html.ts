/** Text that is already HTML. */
export type Html = { html: string };
type Value = Html | Html[] | string | number;

/** A template whose values are escaped unless they came out of a template themselves. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const texts = parts.map((part, index) => part + toHtml(values[index] ?? ''));
  return { html: texts.join('') };
}

function toHtml(value: Value): string {
  if (Array.isArray(value)) return value.map((each) => each.html).join('');
  if (typeof value === 'object') return value.html;
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
