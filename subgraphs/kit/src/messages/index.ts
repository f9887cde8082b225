export { defineMessages } from './definitions.js';
export type {
  Envelope,
  MessageDefinition,
  MessageDefinitions,
  MessageOf,
  MessageType,
  StateType,
} from './definitions.js';
export type { TransactionRunner, SqlTransaction } from './transaction.js';
export { createOutbox } from './outbox.js';
export type { Outbox, OutgoingMessage, StateMessage } from './outbox.js';
export { startRelay } from './relay.js';
export type { Relay, RelayOptions } from './relay.js';
export { messagesFrom } from './handlers.js';
export type { Accepts, Message, MessageHandler } from './handlers.js';
export { startConsumer } from './consumer.js';
export type { Consumer, ConsumerOptions } from './consumer.js';
export {
  countDeadLetters,
  discardDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
  stateOfMessage,
} from './dead-letters.js';
export type { DeadLetter } from './dead-letters.js';
export { idempotent } from './idempotency.js';
export type { IdempotentCall } from './idempotency.js';
export { keepLatestPair, keepTies, tie } from './latest-pair.js';
export type { PairTable, ToldPair } from './latest-pair.js';
export { retell } from './retelling.js';
export type { Retelling, RetellingOptions, RetellingProgress, StateOf, States } from './retelling.js';
export { defineRetelling } from './define-retelling.js';
export type { OwnRetelling } from './define-retelling.js';
