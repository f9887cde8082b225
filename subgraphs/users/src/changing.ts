import { mutation, type Loader } from '@diaspora/kit';
import type { Context } from './context.js';

/**
 * A mutation after which nothing is remembered that was read before it: a payload, and later mutations of the same
 * operation, show what it did.
 */
export const changing = <Input, Result extends object>(
  run: (input: Input, context: Context) => Promise<Result>,
) =>
  mutation(async (input: Input, context: Context) => {
    try {
      return await run(input, context);
    } finally {
      for (const loader of Object.values(context.loaders) as object[])
        if (isLoader(loader)) loader.clearAll();
    }
  });

/** Loaders of first pages are functions that remember nothing. */
const isLoader = (loader: object): loader is Pick<Loader<unknown, unknown>, 'clearAll'> =>
  'clearAll' in loader;
