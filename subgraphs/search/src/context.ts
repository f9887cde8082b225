import type { BaseContext } from '@diaspora/kit';
import type { Querying } from './querying/index.js';

export interface Services {
  readonly querying: Querying;
}

export interface Context extends BaseContext {
  readonly services: Services;
}
