/** Tells a person at a terminal what takes time. */
export interface Progress {
  /** Runs a step and reports its name with how long it took. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export const silentProgress: Progress = { step: (_name, work) => work() };

/** One line a step: `  PostgreSQL ................ 0.6 s` */
export function lineProgress(write: (text: string) => void): Progress {
  return {
    step: async (name, work) => {
      const startedAt = performance.now();
      write(`  ${name} `.padEnd(34, '.'));
      try {
        const result = await work();
        write(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
        return result;
      } catch (error) {
        write(' failed\n');
        throw error;
      }
    },
  };
}
