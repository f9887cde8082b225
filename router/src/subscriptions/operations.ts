import { formOutcome } from '../errors/form-outcome.js';
import { maskErrors } from '../errors/mask-errors.js';
import { readFault } from '../errors/read-fault.js';
import type { Params } from '../http/read-params.js';
import type { Origin, PreparedRequest } from './requests.js';
import { complete, type Ending, type Sink } from './sink.js';
import { createSubscriber, type Subscriber, type SubscriberParts } from './subscriber.js';

/** Runs operations of any kind, whatever the transport. */
export interface Operations {
  /** `prepared`: where that was done already. Returns what ends it; the sink hears nothing then. */
  run(operation: { params: Params; origin: Origin; sink: Sink; prepared?: PreparedRequest }): () => void;
  /** Live subscriptions go on on the supergraph that is current now. */
  replan(): Promise<void>;
  /** Live subscriptions. */
  count(): number;
}

/** So many are planned anew before others have their turn. */
const replanned = 200;

export function createOperations(parts: SubscriberParts): Operations {
  const { requests } = parts;
  const subscribers = new Set<Subscriber>();

  function run({ params, origin, sink, prepared }: Parameters<Operations['run']>[0]): () => void {
    let isStopped = false;
    let stop: () => void = () => undefined;
    const own: Sink = {
      next: (result) => void (isStopped || sink.next(result)),
      end: (ending) => void (isStopped || sink.end(ending)),
    };
    const begin = async () => {
      const ready = prepared ?? (await requests.prepare(params, origin));
      if (isStopped) return;
      // A root field that is forbidden leaves nothing to subscribe.
      const isLive = ready.operation.kind === 'subscription' && ready.executable.plan.fetches.length > 0;
      stop = isLive ? subscribe({ params, origin, sink: own, prepared: ready }) : execute(ready, own);
    };
    requests.holding(begin).catch((error: unknown) => {
      own.end({ kind: 'failed', errors: requests.faultOf(error, origin) });
    });
    return () => {
      isStopped = true;
      stop();
    };
  }

  function subscribe(operation: { params: Params; origin: Origin; sink: Sink; prepared: PreparedRequest }) {
    const subscriber = createSubscriber({
      ...parts,
      ...operation,
      sink: requests.counted(operation.sink),
      onEnd: () => subscribers.delete(subscriber),
    });
    subscribers.add(subscriber);
    requests.observed(operation.prepared.observed, []);
    return () => subscriber.stop();
  }

  function execute({ executable, variables, observed }: PreparedRequest, sink: Sink): () => void {
    const { context } = observed;
    const end = (ending: Ending) => sink.end(ending);
    const executed = requests.holding(async () => {
      const result = await executable.execute({ variables, context });
      const { body, errorCodes } = formOutcome(result, maskErrors(result.errors, context));
      requests.observed(observed, errorCodes);
      sink.next(body);
      end(complete);
    });
    executed.catch((error: unknown) => end({ kind: 'failed', errors: readFault(error, context).errors }));
    return () => context.abort();
  }

  return {
    run,
    replan: async () => {
      let count = 0;
      for (const subscriber of [...subscribers]) {
        void subscriber.replan();
        if ((count += 1) % replanned === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    count: () => subscribers.size,
  };
}
