import { AppError, maxPageSize } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { referenceOf } from './rules.js';

export const resolvers: Resolvers = {
  Query: {
    node: (_parent, { id }) => referenceOf(id),
    nodes: (_parent, { ids }) => {
      if (ids.length <= maxPageSize) return ids.map(referenceOf);
      throw new AppError('INVALID_INPUT', `At most ${maxPageSize} ids at once.`, { path: ['ids'] });
    },
  },
};
