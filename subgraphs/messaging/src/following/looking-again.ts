/** Wakes everybody who follows something now and then: an announcement may be lost with the process that had to make it. */
export function createLookingAgain(everyMs: number) {
  const followers = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  /** Answers how to end it. */
  return (wake: () => void): (() => void) => {
    followers.add(wake);
    timer ??= setInterval(() => followers.forEach((each) => each()), everyMs).unref();
    return () => {
      followers.delete(wake);
      if (followers.size === 0) timer = void clearInterval(timer);
    };
  };
}

export type LookAgain = ReturnType<typeof createLookingAgain>;
