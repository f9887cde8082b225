import type { Figures, Measured } from './requests.js';
import type { Memory } from './proc.js';
import type { StartUp } from './start-up.js';

export const subgraphs = ['users', 'events', 'content', 'messaging', 'payments', 'search'];

/** Markdown that also reads well on a terminal; all columns but the first are figures. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]!.length)),
  );
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!);
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(heads), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

const digits = (value: number | undefined, places = 1) => (value === undefined ? '-' : value.toFixed(places));

const figureCells = ({ rate, p50, p99 }: Figures, ms: number | undefined) => [
  digits(rate, rate < 100 ? 1 : 0),
  digits(p50),
  digits(p99),
  digits(ms, 2),
];

const ratio = (ours: number | undefined, theirs: number | undefined) =>
  ours === undefined || !theirs ? '-' : (ours / theirs).toFixed(2);

/** Both targets side by side, for one number of connections. */
export function requestTable(measured: readonly Measured[], connections: number): string {
  const heads = [
    'journey',
    'req/s',
    'p50 ms',
    'p99 ms',
    'CPU ms',
    'bare req/s',
    'p50 ms',
    'p99 ms',
    'CPU ms',
  ];
  const rows = measured.map(({ journey, byConnections }) => {
    const { router, bareGateway } = byConnections.find((one) => one.connections === connections)!;
    const ours = router.processor?.['router'];
    const theirs = bareGateway.processor?.['bareGateway'];
    return [
      ...[journey.name, ...figureCells(router, ours), ...figureCells(bareGateway, theirs)],
      ...[ratio(router.rate, bareGateway.rate), ratio(ours, theirs)],
    ];
  });
  return table([...heads, 'req/s ratio', 'CPU ratio'], rows);
}

/** Who spends the processor time of a request through the router, at the last number of connections. */
export function processorTable(measured: readonly Measured[]): string {
  const names = ['router', ...subgraphs, 'storage', 'load'];
  const rows = measured.map(({ journey, byConnections }) => {
    const processor = byConnections.at(-1)?.router.processor;
    return [journey.name, ...names.map((name) => digits(processor?.[name]))];
  });
  return table(['CPU ms', ...names], rows);
}

/** What one request of each journey causes behind the router. */
export function workTable(measured: readonly Measured[]): string {
  const rows = measured.map(({ journey, work, bytes }) => {
    const counts = Object.entries(work.statements);
    return [
      `${journey.name}: ${journey.what}`,
      ...[digits(bytes / 1_024), digits(work.fetches, 0)],
      digits(
        counts.reduce((sum, [, count]) => sum + count, 0),
        0,
      ),
      counts.map(([name, count]) => `${name} ${count}`).join(', '),
    ];
  });
  return table(['journey', 'answer KiB', 'fetches', 'SQL', 'SQL by subgraph'], rows);
}

export function startUpTable(startUp: StartUp): string {
  const mebibytes = (bytes: number | undefined) => (bytes === undefined ? '-' : (bytes / 2 ** 20).toFixed(0));
  const memory = (name: string, value: Memory | undefined) => [
    [`memory ${name}, MiB, shared pages counted once`, mebibytes(value?.pss)],
    [`memory ${name}, MiB, RSS of ${value?.processes ?? '-'} processes added up`, mebibytes(value?.rss)],
  ];
  return table(
    ['npm start', ''],
    [
      ['first start, demo data included, s', digits(startUp.firstSeconds)],
      ['second start, s', digits(startUp.secondSeconds)],
      ...memory('when ready', startUp.memoryWhenReady),
      ...memory(`after ${startUp.answers} answers`, startUp.memoryAfterLoad),
    ],
  );
}
