export { accountLock, createAttempts, type Attempts } from './attempts.js';
export { backOff, createBudgets, window, type Budget, type Budgets } from './budgets.js';
