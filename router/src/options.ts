import { z } from 'zod';
import { settings } from './config.js';

/** The command line is not one of ours. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message} Try --help.`);
    this.name = 'UsageError';
  }
}

type Setting = keyof typeof settings;

/** `SUBGRAPH_URLS` is `--subgraph-urls`. */
const optionOf = (setting: string): string => `--${setting.toLowerCase().replaceAll('_', '-')}`;

const settingOf = new Map(Object.keys(settings).map((name) => [optionOf(name), name as Setting]));

/**
 * The command line as settings: `--port 4000`, `--port=4000`, and `--introspection` alone for `on`. They go before the
 * environment. Throws UsageError for what is no option.
 */
export function readOptions(words: readonly string[]): Partial<Record<Setting, string>> {
  const given: Partial<Record<Setting, string>> = {};
  for (let at = 0; at < words.length; at++) {
    const [option = '', ...rest] = words[at]!.split('=');
    const setting = settingOf.get(option);
    if (setting === undefined) throw new UsageError(`Unknown option ${option}.`);
    const next = words[at + 1];
    if (rest.length > 0) given[setting] = rest.join('=');
    else if (next !== undefined && !next.startsWith('--')) given[setting] = words[++at]!;
    else if (isFlag(setting)) given[setting] = 'on';
    else throw new UsageError(`${option} wants a value.`);
  }
  return given;
}

/** For `--help`: every option, what it means and its default, from the settings themselves. */
export function usage(): string {
  const lines = Object.entries(settings).map(([name, schema]) => {
    const fallback = formatValue(defaultOf(schema));
    const note = fallback === '' ? '' : ` [${fallback}]`;
    return `  ${optionOf(name).padEnd(39)}${schema.description ?? ''}${note}`;
  });
  return [
    'npm run router -- --supergraph FILE --port 4000',
    '',
    'Serves a Federation 2 supergraph. Each option is a variable of the environment too: --port is PORT,',
    '--subgraph-urls is SUBGRAPH_URLS. Defaults stand in brackets. With none of --jwks-url, --jwt-issuer,',
    '--jwt-audience and --viewer-secret everybody is anonymous and subgraphs get no signature.',
    '',
    ...lines,
    '',
  ].join('\n');
}

function defaultOf(schema: z.ZodType): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

/** As it would be written on the command line; '' for nothing. */
function formatValue(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  if ('most' in value) return value.most === Infinity ? 'off' : String(value.most);
  return Object.entries(value)
    .map(([name, word]) => `${name}=${String(word)}`)
    .join(',');
}

function isFlag(setting: Setting): boolean {
  return settings[setting].safeParse('on').success && !settings[setting].safeParse('no word').success;
}
