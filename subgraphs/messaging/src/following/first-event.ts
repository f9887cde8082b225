import type { Clock } from '@diaspora/kit';

/** What a subscription tells of itself. */
export type FirstEvent =
  | { readonly __typename: 'SubscriptionStarted'; readonly startedAt: Date }
  | { readonly __typename: 'ResyncRequired'; readonly reason: ResyncReason };

type ResyncReason = 'CURSOR_INVALID' | 'CURSOR_TOO_OLD';

export const firstEvent = (first: 'STARTED' | ResyncReason, clock: Clock): FirstEvent =>
  first === 'STARTED'
    ? { __typename: 'SubscriptionStarted', startedAt: clock.now() }
    : { __typename: 'ResyncRequired', reason: first };
