import type { BaseContext } from '@diaspora/kit';
import type { Catalog, CatalogLoaders } from './catalog/index.js';
import type { Organizing } from './organizing/index.js';
import type { Participation, ParticipationLoaders } from './participation/index.js';

export interface Services {
  readonly catalog: Catalog;
  readonly organizing: Organizing;
  readonly participation: Participation;
}

export interface Context extends BaseContext {
  readonly services: Services;
  readonly loaders: CatalogLoaders & ParticipationLoaders;
}
