import type { Resolvers } from '../__generated__/schema.js';
import { formatLocal, localAt } from './rules.js';

export const resolvers: Resolvers = {
  ZonedTime: {
    local: ({ local }) => formatLocal(local),
    viewerLocal: ({ instant }, { zone }) => formatLocal(localAt(instant, zone)),
  },
};
