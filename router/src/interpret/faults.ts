import type { GraphQLFormattedError } from 'graphql';
import type { ResponsePath } from './targets.js';
import type { Tree } from './tree.js';

/** Why fields of an object are missing. */
export interface Cause {
  /** The response names that the fetch would have filled. */
  readonly names: ReadonlySet<string>;
  /** Absent: the subgraph knows no such entity, or could not be asked for it. */
  readonly error?: GraphQLFormattedError | undefined;
}

/** One fault tells a client nothing new at more places than this. */
const mostPlaces = 20;

/** The errors of one execution, one for each place of the response. */
export interface Faults {
  /** An error of a place. `source` is what may happen at many places: it is reported at the first twenty. */
  report(error: GraphQLFormattedError, place: ResponsePath, source?: object): void;
  /** An error of no place. */
  reportAnywhere(error: GraphQLFormattedError): void;
  /** Whatever the cause left out of the object is to be explained with it. */
  blame(object: Tree, cause: Cause): void;
  causesOf(object: Tree): readonly Cause[];
  /** Whether the place, or anything below it, has an error. */
  isExplained(place: ResponsePath): boolean;
  /** Whether something that the place is part of has an error. */
  isExplainedAbove(place: ResponsePath): boolean;
  list(): readonly GraphQLFormattedError[];
}

/** `visible` is the part of a path that the response can have: what was fetched for others' sake is not in it. */
export function createFaults(visible: (place: ResponsePath) => ResponsePath): Faults {
  const errors: GraphQLFormattedError[] = [];
  const reported = new Set<string>();
  const places = new Set<string>();
  const prefixes = new Set<string>();
  const causes = new Map<Tree, Cause[]>();
  const timesReported = new Map<object, number>();

  /** False when the source has been reported often enough. */
  const count = (source: object): boolean => {
    const times = timesReported.get(source) ?? 0;
    timesReported.set(source, times + 1);
    return times < mostPlaces;
  };

  return {
    report: (error, place, source = error) => {
      places.add(keyOf(place));
      for (let length = 0; length <= place.length; length += 1) prefixes.add(keyOf(place.slice(0, length)));
      const path = visible(place);
      if (reported.has(keyOf(path)) || !count(source)) return;
      reported.add(keyOf(path));
      errors.push({ ...error, path });
    },
    reportAnywhere: (error) => {
      if (count(reportAnywhere)) errors.push(withoutPath(error));
    },
    blame: (object, cause) => {
      const known = causes.get(object);
      if (known) known.push(cause);
      else causes.set(object, [cause]);
    },
    causesOf: (object) => causes.get(object) ?? [],
    isExplained: (place) => prefixes.has(keyOf(place)),
    isExplainedAbove: (place) => place.some((_, length) => places.has(keyOf(place.slice(0, length)))),
    list: () => errors,
  };
}

/** All errors without a place count as one source. */
const reportAnywhere = {};

/** Names of GraphQL hold no dots and are no numbers. */
const keyOf = (place: ResponsePath): string => place.join('.');

const withoutPath = ({ path: _path, ...error }: GraphQLFormattedError): GraphQLFormattedError => error;
