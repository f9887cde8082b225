import { describe, expect, it } from '@jest/globals';
import { localize } from './translations.js';

const event = {
  title: 'Șezătoare',
  description: 'Cântec și joc.',
  language: 'ro',
  translations: [
    { language: 'pt-BR', title: 'Serão', description: 'Canto e dança.', isMachineTranslated: true },
    { language: 'de', title: 'Spinnstube', description: 'Gesang und Tanz.', isMachineTranslated: false },
  ],
};

describe('an event in several languages', () => {
  it.each<[string, string[], string]>([
    ['the language that is wanted', ['de'], 'Spinnstube'],
    ['the best of several', ['fr', 'pt-BR', 'de'], 'Serão'],
    ['another region where there is none of its own', ['pt-PT'], 'Serão'],
    ['the language for one of its regions', ['de-AT'], 'Spinnstube'],
    ['its own where none of them is there', ['fr'], 'Șezătoare'],
    ['its own where it is the best', ['ro', 'de'], 'Șezătoare'],
    ['its own where nothing is wanted', [], 'Șezătoare'],
    ['no more than ten wishes', [...Array.from({ length: 10 }, () => 'fr'), 'de'], 'Șezătoare'],
  ])('is read in %s', (_case, wanted, title) => {
    expect(localize(event, 'title', wanted).text).toBe(title);
  });

  it('says which language it is, and whether a program translated it', () => {
    expect(localize(event, 'description', ['pt'])).toEqual({
      text: 'Canto e dança.',
      language: 'pt-BR',
      isMachineTranslated: true,
    });
  });
});
