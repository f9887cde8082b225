/** Loaded into a router to profile it: records between two messages, and writes what it has to the file of the second. */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
process.on('message', async ({ profile, file }) => {
  if (profile === 'start') {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  } else {
    await writeFile(file, JSON.stringify((await session.post('Profiler.stop')).profile));
  }
  process.send({ done: profile });
});
process.channel?.unref();
