export { demoAccounts } from './demo-data.js';
export { environmentsOf, type Environment } from './environments.js';
export { startInfrastructure, type Infrastructure } from './infrastructure.js';
export { startPlatform, type Platform } from './platform.js';
export { lineProgress, silentProgress, type Progress } from './progress.js';
export { startProcess, startProcesses, type RunningProcess, type RunningProcesses } from './processes.js';
export { portsFrom, readSettings, type Settings } from './settings.js';
export * from './actions.js';
export { createClient, signIn, signUp, type Client, type Person } from './client.js';
