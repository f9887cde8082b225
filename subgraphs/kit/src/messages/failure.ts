/** Name, code and first line, cut short: enough to find the fault, and no dump of what was being written. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}: ${error.message.trim().split('\n')[0] ?? ''}`.slice(0, 300);
}
