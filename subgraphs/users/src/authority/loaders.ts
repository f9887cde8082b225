import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Decision } from './rules.js';
import type { Authority } from './service.js';

export interface AuthorityLoaders {
  /** What the viewer may do, by `permissionKey`: one statement for all the places of a list. */
  readonly permission: Loader<string, Decision | null>;
}

export const permissionKey = (nodeId: string, action: string): string => `${nodeId} ${action}`;

export const createAuthorityLoaders = (authority: Authority, viewer: Viewer | null): AuthorityLoaders => ({
  permission: createRowLoader(
    async (keys) => {
      if (!viewer) return [];
      const questions = keys.map((key) => {
        const [nodeId = '', action = ''] = key.split(' ');
        return { nodeId, action };
      });
      const decisions = await authority.decideAll(viewer.id, questions);
      return decisions.map((decision, index) => ({ ...decision, key: keys[index]! }));
    },
    ({ key }: Decision & { key: string }) => key,
  ),
});
