import { RequestRefused } from '../../access/refused.js';
import type { RequestContext } from '../../context.js';
import { silentObserver, type LimitObserver } from '../observe.js';
import type { LimitSettings } from '../settings.js';
import type { Estimate, OperationCost } from './cost.js';

export interface LimitCostParts {
  readonly settings: Pick<LimitSettings, 'MAX_COST' | 'MAX_LIST_SIZE'>;
  readonly observe?: LimitObserver;
}

/**
 * The estimated cost of one request, or RequestRefused (400): it is too dear, or a list it asks for is too long. Where
 * the limit is only measured, metrics and log are told. What is let through is for the caller to observe, with the
 * actual cost beside the estimate.
 */
export type LimitCost = (
  cost: OperationCost,
  variables: Readonly<Record<string, unknown>>,
  context: Pick<RequestContext, 'log'>,
) => number;

interface Fault {
  readonly limit: string;
  readonly code: string;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function createLimitCost({ settings, observe = silentObserver }: LimitCostParts): LimitCost {
  const { MAX_COST: maxCost, MAX_LIST_SIZE: maxList } = settings;

  const tooDear = ({ cost: estimated }: Estimate): Fault | undefined => {
    if (estimated <= maxCost.most) return undefined;
    const message = `The operation's estimated cost of ${estimated} exceeds the limit of ${maxCost.most}.`;
    const extensions = { cost: { estimated, max: maxCost.most } };
    return { limit: 'cost', code: 'COST_ESTIMATED_TOO_EXPENSIVE', message, extensions };
  };
  const unsliced = ({ unsliced: field }: Estimate): Fault | undefined => {
    if (field === undefined) return undefined;
    const message = `${field} wants exactly one of the arguments that say how long its list may be.`;
    return { limit: 'slicingArguments', code: 'COST_QUERY_PARSE_FAILURE', message };
  };
  const tooLong = ({ largestList: actual }: Estimate): Fault | undefined => {
    if (actual <= maxList.most) return undefined;
    const message = `A list of ${actual} items is asked for; ${maxList.most} may be.`;
    const extensions = { limit: 'listSize', allowed: maxList.most, actual };
    return { limit: 'listSize', code: 'LIST_TOO_LONG', message, extensions };
  };

  return (cost, variables, context) => {
    const estimate = cost.estimate(variables);
    for (const [{ mode }, faultOf] of [
      [maxList, tooLong],
      [maxCost, unsliced],
      [maxCost, tooDear],
    ] as const) {
      const fault = mode === 'off' ? undefined : faultOf(estimate);
      if (fault === undefined || mode === 'off') continue;
      const { limit, ...refusal } = fault;
      observe.exceeded(limit, mode);
      if (mode === 'enforce') {
        observe.cost({ estimated: estimate.cost });
        throw new RequestRefused({ status: 400, ...refusal });
      }
      context.log.info(
        { limit, ...refusal.extensions },
        'an operation is over a limit that is only measured',
      );
    }
    return estimate.cost;
  };
}
