import { anyone, authenticated, carriers, permission, type PermissionMap } from '@diaspora/kit';
import { maySteer } from '../catalog/index.js';
import type { EventModel } from '../models.js';

const host = permission<EventModel>('readsComments', ({ parent, context }) =>
  maySteer(context.viewer, parent),
);

/** A rating is its rater's. Others see sums, and hosts the comments, without a name. */
export const permissions: PermissionMap = {
  Mutation: { rateEvent: authenticated },
  Event: { viewerRating: anyone, viewerRatingEligibility: anyone, ratings: anyone, ratingComments: host },
  User: { ratingsAsOrganizer: anyone },
  ...carriers('Rating', 'RatingSummary', 'RatingEligibility', 'RateEventPayload'),
  ...carriers('RatingComment', 'RatingCommentConnection', 'RatingCommentEdge', 'RatingClosedError'),
};
