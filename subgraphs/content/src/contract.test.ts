import { describeSubgraphContract } from '@diaspora/kit/testing';
import { afterAll } from '@jest/globals';
import { givenContent, type Content } from './testing/given.js';

let content: Content;

afterAll(() => content.stop());

describeSubgraphContract('content', async () => {
  content = await givenContent();
  const posts = [await content.given.post(), await content.given.post(), await content.given.post()];
  return {
    subgraph: content.subgraph,
    entities: {
      typename: 'Post',
      ids: posts.map(({ publicId }) => publicId),
      field: 'text viewerHasLiked author { id } media { id }',
      viewer: await content.given.member(),
    },
    statements: content.statements,
  };
});
