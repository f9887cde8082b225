export { startPlatform, type Platform } from './platform.js';
export { portsFrom, readSettings, type Settings } from './settings.js';
export * from './actions.js';
export { createClient, signIn, signUp, type Client, type Person } from './client.js';
