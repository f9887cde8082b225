import type { AuditDecisions } from '@diaspora/kit';
import type { Mutation } from './__generated__/schema.js';

/** Which mutations leave a line in the audit trail, under which action, and why the others do not. */
export const audited: AuditDecisions<Mutation> = {
  createPost: { notAudited: 'own words, kept with author and time' },
  editPost: { notAudited: 'own words; versions and time are kept with the post' },
  deletePost: 'post.removed',
  addComment: { notAudited: 'own words, kept with author and time' },
  deleteComment: 'comment.removed',
  likePost: { notAudited: 'says nothing that the like itself does not' },
  unlikePost: { notAudited: 'takes back what was one’s own' },
  requestUpload: { notAudited: 'a file of one’s own that nobody sees yet' },
  completeUpload: { notAudited: 'a file of one’s own that nobody sees yet' },
};
