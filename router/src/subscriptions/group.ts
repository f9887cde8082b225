import type { RequestContext } from '../context.js';
import { formFault, formOutcome } from '../errors/form-outcome.js';
import { maskErrors } from '../errors/mask-errors.js';
import { readFault } from '../errors/read-fault.js';
import type { Executable } from '../execution/executable.js';
import { createOrdered } from './ordered.js';
import { failed, type Ending } from './sink.js';
import type { Event, Upstream } from './upstream/upstream.js';

/** One of those who get the same answers. */
export interface Member {
  deliver(result: string): void;
  end(ending: Ending): void;
}

/** Everybody for whom an event of one upstream has the same answer: it is executed and written once. */
export interface Group {
  readonly upstream: Upstream;
  join(member: Member): void;
  /** Nothing that comes from now on is delivered. Resolves when all that had come is. */
  leave(member: Member): Promise<void>;
}

interface GroupOptions {
  readonly upstream: Upstream;
  readonly executable: Executable;
  readonly variables: Readonly<Record<string, unknown>>;
  /** A fresh one for each event: deadline, loaders, request id. */
  readonly createContext: () => RequestContext;
  /** Events under way. */
  readonly limit: number;
  /** The last member has left, or the upstream has ended. */
  readonly onEnd: () => void;
}

const concurrency = 16;

const overflow = failed(
  'SUBSCRIPTION_OVERFLOW',
  'Events come faster than they can be answered. Subscribe again.',
);

export function createGroup(options: GroupOptions): Group {
  const { upstream, executable, variables, createContext, limit, onEnd } = options;
  const members = new Set<Member>();
  const ordered = createOrdered({ concurrency, limit });
  let leaveUpstream: (() => void) | undefined;

  async function answer(event: Event): Promise<string> {
    const context = createContext();
    try {
      const result = await executable.execute({ variables, context, event });
      return formOutcome(result, maskErrors(result.errors, context)).body;
    } catch (error) {
      return formFault(readFault(error, context)).body;
    }
  }

  function receive(event: Event) {
    // Whoever joins while it is answered stands behind it already.
    const present = [...members];
    const isTaken = ordered.run(
      () => answer(event),
      (result) => {
        for (const member of present) member.deliver(result);
      },
    );
    if (!isTaken) end(overflow);
  }

  /** After all that came before. */
  function end(given: Ending) {
    const ending = given.kind === 'failed' ? masked(given) : given;
    const present = [...members];
    members.clear();
    leaveUpstream?.();
    onEnd();
    void ordered.settled().then(() => {
      for (const member of present) member.end(ending);
    });
  }

  /** The errors may be those of a subgraph. */
  const masked = (ending: Extract<Ending, { kind: 'failed' }>): Ending => ({
    ...ending,
    errors: maskErrors(ending.errors, createContext()),
  });

  return {
    upstream,
    join(member) {
      members.add(member);
      leaveUpstream ??= upstream.listen({ event: receive, end });
    },
    leave(member) {
      if (members.delete(member) && members.size === 0) {
        leaveUpstream?.();
        onEnd();
      }
      return ordered.settled();
    },
  };
}
