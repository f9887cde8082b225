import { wordsIn } from '../words/index.js';
import type { Letter } from './letters.js';

interface Ending {
  readonly url: string;
  /** Of all mails rather than of a kind. */
  readonly isAll: boolean;
}

export const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character]!,
  );

/** The same letter as text and as HTML; the ending is absent where mails of the kind cannot be ended. */
export function mailBody({ language, lines }: Letter, ending: Ending | null): { text: string; html: string } {
  const { direction, open, unsubscribe, unsubscribeAll } = wordsIn(language);
  const ended = ending && { url: ending.url, text: ending.isAll ? unsubscribeAll : unsubscribe };
  const text = [
    ...lines.map((line) => (line.url ? `${line.text}\n${line.url}` : line.text)),
    ...(ended ? [`--\n${ended.text}:\n${ended.url}`] : []),
  ].join('\n\n');
  const paragraphs = lines.map((line) => {
    const link = line.url ? ` <a href="${escapeHtml(line.url)}">${escapeHtml(open)}</a>` : '';
    return `<p>${escapeHtml(line.text)}${link}</p>`;
  });
  const footer = ended ? `<hr><p><a href="${escapeHtml(ended.url)}">${escapeHtml(ended.text)}</a></p>` : '';
  const html = `<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">
${paragraphs.join('\n')}
${footer}
</body>
</html>
`;
  return { text: `${text}\n`, html };
}
