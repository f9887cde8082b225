const entities: Record<string, string> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

export type XmlContent = string | number | boolean | XmlElement[];
export type XmlElement = [name: string, content: XmlContent];

/** Serialises one element and its children; all text is escaped. */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root)}`;
}

function element([name, content]: XmlElement): string {
  const inner = Array.isArray(content) ? content.map(element).join('') : escape(String(content));
  return `<${name}>${inner}</${name}>`;
}

function escape(text: string): string {
  return text.replace(/[<>&"']/g, (character) => entities[character] ?? character);
}
