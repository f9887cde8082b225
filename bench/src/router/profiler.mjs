/** Loaded into a router to profile it: records between two messages, and writes what it has to the file of the second. */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { findSourceMap } from 'node:module';

const session = new Session();
session.connect();
process.on('message', async ({ profile, file }) => {
  if (profile === 'start') {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  } else {
    const recorded = (await session.post('Profiler.stop')).profile;
    for (const { callFrame } of recorded.nodes) toSource(callFrame);
    await writeFile(file, JSON.stringify(recorded));
  }
  process.send({ done: profile });
});
process.channel?.unref();

/** Lines of TypeScript, not of what it was turned into. */
function toSource(frame) {
  const found = findSourceMap(frame.url)?.findEntry(frame.lineNumber, frame.columnNumber);
  if (found?.originalLine === undefined) return;
  frame.lineNumber = found.originalLine;
  frame.columnNumber = found.originalColumn;
}
