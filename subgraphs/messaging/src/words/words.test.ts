import { describe, expect, it } from '@jest/globals';
import type { NotificationType } from '../__generated__/prisma/client.js';
import { catalogue } from './index.js';

describe('what every type says', () => {
  const facts = { actor: '«actor»', event: '«event»', years: 77 };
  const named = (said: string) => ['«actor»', '«event»', '77'].filter((fact) => said.includes(fact));

  it.each(Object.keys(catalogue.en.sentences))('%s names the same in each, in words of their own', (name) => {
    const type = name as NotificationType;
    const sentences = Object.values(catalogue).map((words) => words.sentences[type](facts));
    expect(new Set(sentences.map((said) => named(said).join()))).toEqual(
      new Set([named(sentences[0]!).join()]),
    );
    expect(sentences.slice(1)).not.toContain(catalogue.en.sentences[type](facts));
  });

  it('put a group behind what is said of it', () => {
    for (const words of Object.values(catalogue))
      expect(words.inGroup('«said»', '«group»')).toMatch(/«said».*«group»/);
  });
});
