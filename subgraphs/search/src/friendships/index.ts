export { forViewer } from './condition.js';
export { friendshipHandlers } from './projection.js';
