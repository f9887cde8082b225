/** Text search configurations by ISO 639 language, as the migrations made them; the rest is indexed word by word. */
const configurations: Readonly<Record<string, string>> = {
  ar: 'search_arabic',
  ca: 'search_catalan',
  da: 'search_danish',
  de: 'search_german',
  el: 'search_greek',
  en: 'search_english',
  es: 'search_spanish',
  eu: 'search_basque',
  fi: 'search_finnish',
  fr: 'search_french',
  ga: 'search_irish',
  hi: 'search_hindi',
  hu: 'search_hungarian',
  hy: 'search_armenian',
  id: 'search_indonesian',
  it: 'search_italian',
  lt: 'search_lithuanian',
  nb: 'search_norwegian',
  ne: 'search_nepali',
  nl: 'search_dutch',
  nn: 'search_norwegian',
  no: 'search_norwegian',
  pt: 'search_portuguese',
  ro: 'search_romanian',
  ru: 'search_russian',
  sr: 'search_serbian',
  sv: 'search_swedish',
  ta: 'search_tamil',
  tr: 'search_turkish',
  yi: 'search_yiddish',
};

export const plainConfiguration = 'search_simple';

export const allConfigurations: readonly string[] = [
  ...new Set([...Object.values(configurations), plainConfiguration]),
];

/** A language without its region: "pt-BR" and "pt" are found as one. */
export const baseLanguage = (tag: string): string => tag.split('-', 1)[0]!.toLowerCase();

export const configurationOf = (tag: string): string =>
  configurations[baseLanguage(tag)] ?? plainConfiguration;
