export { createPlacesLoaders, type PlacesLoaders } from './loaders.js';
export { createPlaces, lockForChange, type LockRows, type Places } from './service.js';
