/** Whether something may be new since it was last asked. However much it is, it is one: nothing queues up. */
export function createNews() {
  let hasArrived = false;
  let isOver = false;
  let wake: () => void = () => undefined;
  return {
    arrive: (): void => {
      hasArrived = true;
      wake();
    },
    end: (): void => {
      isOver = true;
      wake();
    },
    /** Waits for something new. False when it is over. */
    async next(): Promise<boolean> {
      if (!hasArrived && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      hasArrived = false;
      return !isOver;
    },
  };
}
