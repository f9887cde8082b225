export { objectStoreConfigShape, privateStoreConfigShape } from './config.js';
export type { ObjectStoreConfig, PrivateStoreConfig } from './config.js';
export { createObjectStore } from './object-store.js';
export type { ObjectStore } from './object-store.js';
export { createPrivateStore } from './private-store.js';
export type { PrivateStore } from './private-store.js';
export type { ObjectContent, StoreOptions, UploadForm, UploadRequest } from './s3.js';
