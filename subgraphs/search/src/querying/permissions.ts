import { anyone, carriers, type PermissionMap } from '@diaspora/kit';

/** Open to visitors too; the service shows them what is public only. */
export const permissions: PermissionMap = {
  Query: { search: anyone },
  ...carriers('SearchConnection', 'SearchEdge', 'SearchHighlight', 'SearchFacetCounts', 'SearchFacetBucket'),
};
