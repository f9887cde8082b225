interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks that come while another batch is under way are answered together by the next one, so that there is one statement
 * at a time however many ask. Nothing is remembered: what is read was read after it was asked.
 */
export function createBatches<Ask, Answer>(
  answer: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
  { size = 1_000 }: { size?: number } = {},
): (ask: Ask) => Promise<Answer> {
  let waiting: Waiting<Ask, Answer>[] = [];
  let isUnderWay = false;

  async function work(): Promise<void> {
    // Whoever is woken by the same event asks in this turn of the loop too.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, size);
      waiting = waiting.slice(size);
      try {
        const answers = await answer(batch.map(({ ask }) => ask));
        batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isUnderWay = false;
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (isUnderWay) return;
      isUnderWay = true;
      void work();
    });
}
