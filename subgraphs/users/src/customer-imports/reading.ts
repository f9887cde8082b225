import { Readable } from 'node:stream';
import { AppError } from '@diaspora/kit';
import { CsvError, parse } from 'csv-parse';

export const maxRows = 50_000;
const sliceLength = 65_536;

/** The head of a file and the rows below it, as they are written. Throws INVALID_INPUT for what is no such file. */
export async function readRecords(text: string): Promise<{ head: string[]; rows: string[][] }> {
  const parser = Readable.from(slicesOf(text)).pipe(
    parse({ bom: true, delimiter: delimiterOf(text), relax_column_count: true, max_record_size: 100_000 }),
  );
  const rows: string[][] = [];
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      rows.push(record);
      if (rows.length > maxRows + 1)
        throw new AppError('INVALID_INPUT', `A file has at most ${maxRows} rows below its head.`);
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
  const head = rows.shift();
  if (!head) throw new AppError('INVALID_INPUT', 'The file is empty.');
  return { head, rows };
}

/** Little by little: a file in one piece would keep the process from everything else meanwhile. */
function* slicesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += sliceLength) yield text.slice(at, at + sliceLength);
}

/** What separates the most values in the head. */
function delimiterOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const countOf = (delimiter: string) => head.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (countOf(each) > countOf(best) ? each : best));
}

function unreadable(error: CsvError): AppError {
  const line = typeof error['lines'] === 'number' ? ` at line ${error['lines']}` : '';
  const quotes = error.code.includes('QUOTE') ? ': a quotation mark is missing or one too many' : '';
  return new AppError('INVALID_INPUT', `The file cannot be read${line}${quotes}.`);
}
