/** Told of each step of a purchase, `before:<step>` in its transaction and `after:<step>` when that is committed. */
export type AfterStep = (step: string) => Promise<void> | void;

export const noStep: AfterStep = () => {};
