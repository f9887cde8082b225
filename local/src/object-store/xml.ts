const entities: Record<string, string> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

const characters = new Map([
  ...Object.entries(entities).map(([character, entity]) => [entity, character] as const),
  ['&#34;', '"'],
  ['&#39;', "'"],
]);

export type XmlContent = string | number | boolean | XmlElement[];
export type XmlElement = [name: string, content: XmlContent];

/** Serialises one element and its children; all text is escaped. */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root)}`;
}

/** What is between each pair of tags of this name. Enough for the requests of S3, which nest no element in its like. */
export function elementsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}>([^]*?)</${name}>`, 'g');
  return [...xml.matchAll(pattern)].map(([, content = '']) => content);
}

/** The text of the first child of this name. */
export function childText(xml: string, name: string): string | undefined {
  const [text] = elementsOf(xml, name);
  return text
    ?.trim()
    .replace(/&(lt|gt|amp|quot|apos|#34|#39);/g, (entity) => characters.get(entity) ?? entity);
}

function element([name, content]: XmlElement): string {
  const inner = Array.isArray(content) ? content.map(element).join('') : escape(String(content));
  return `<${name}>${inner}</${name}>`;
}

function escape(text: string): string {
  return text.replace(/[<>&"']/g, (character) => entities[character] ?? character);
}
