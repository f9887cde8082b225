import { topics, type Community } from './community.js';
import { customerWords } from './customers.js';
import { changes, customers, discovery, eventPage, feed, home, search } from './documents.js';
import type { Shot } from './load.js';

/** Something people do, asked again and again by one after the other about one thing after the other. */
export interface Journey {
  readonly name: string;
  readonly what: string;
  /** True when asking changes what the next one is answered. */
  readonly writes: boolean;
  /** How many requests in a row differ in kind. */
  readonly kinds: number;
  /** Requests in an endless row; taken from the same row by all samples, or a second one would only repeat the first. */
  start(community: Community): () => Shot;
}

/** As many different askers as things asked for, out of step with each other. */
function reading(query: string, variables: (community: Community, turn: number) => object = () => ({})) {
  return (community: Community): (() => Shot) => {
    const { people } = community;
    let turn = 0;
    return () => {
      const asker = people[turn % people.length]!;
      const body = JSON.stringify({ query, variables: variables(community, turn) });
      turn++;
      return { token: asker.token()!, body };
    };
  };
}

const about = (_community: Community, turn: number) => ({ text: topics[turn % topics.length] });

/** One clerk, who looks for some words after the other among the customers of the own organization. */
function lookingUp({ clientele: { clerk, organizationId } }: Community): () => Shot {
  let turn = 0;
  return () => {
    const search = customerWords[turn++ % customerWords.length];
    return {
      token: clerk.token()!,
      body: JSON.stringify({ query: customers, variables: { organizationId, search } }),
    };
  };
}

/** A third comments, a third likes, a third places; each lap takes back what the lap before gave, so all of them write. */
function mutating({ people, postIds, places }: Community): () => Shot {
  let turn = 0;
  let comments = 0;
  const shot = (query: string, token: string, input: object): Shot => ({
    token,
    body: JSON.stringify({ query, variables: { input } }),
  });
  return () => {
    const step = Math.floor(turn / 3);
    const token = people[step % people.length]!.token()!;
    const postId = postIds[step % postIds.length]!;
    if (turn++ % 3 === 0) {
      const idempotencyKey = `run-${comments++}`;
      return shot(changes.comment, token, { idempotencyKey, postId, text: 'Count me in!' });
    }
    if (turn % 3 === 2) {
      const isBack = Math.floor(step / postIds.length) % 2 === 1;
      return shot(isBack ? changes.unlike : changes.like, token, { postId });
    }
    const { person, eventId, registrationId } = places[step % places.length]!;
    const isBack = Math.floor(step / places.length) % 2 === 0;
    return isBack
      ? shot(changes.cancel, person.token()!, { registrationId })
      : shot(changes.register, person.token()!, { eventId });
  };
}

export const journeys: readonly Journey[] = [
  {
    name: 'discovery',
    what: '20 events with organizers',
    writes: false,
    kinds: 1,
    start: reading(discovery),
  },
  {
    name: 'event-page',
    what: 'an event, 10 posts, comments, authors',
    writes: false,
    kinds: 1,
    start: reading(eventPage, ({ busyEventIds: ids }, turn) => ({
      id: ids[(turn * 7 + Math.floor(turn / ids.length)) % ids.length],
    })),
  },
  { name: 'feed', what: '20 posts with authors and media', writes: false, kinds: 1, start: reading(feed) },
  {
    name: 'search',
    what: 'up to 50 hits of three kinds',
    writes: false,
    kinds: 1,
    start: reading(search, about),
  },
  {
    name: 'home',
    what: 'first screen, all six subgraphs',
    writes: false,
    kinds: 1,
    start: reading(home, about),
  },
  {
    name: 'customers',
    what: 'a search among 2,000 customers, up to 50',
    writes: false,
    kinds: customerWords.length,
    start: lookingUp,
  },
  { name: 'mutations', what: 'a comment, a like, a registration', writes: true, kinds: 3, start: mutating },
];
