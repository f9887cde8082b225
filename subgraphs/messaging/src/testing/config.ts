import type { MessagingDependencies } from '../subgraph.js';

export const viewerSecret = 'a viewer secret for tests only, long';

export const usualConfig: Omit<MessagingDependencies['config'], 'FREE_MESSAGES_PER_DAY'> = {
  APP_URL: 'https://app.example',
  MESSAGE_DELETE_HOURS: 48,
  MESSAGE_EDIT_HOURS: 24,
  VIEWER_SECRET: viewerSecret,
  CHAT_WEBHOOK_HOSTS: ['hooks.slack.com'],
  PUBLIC_URL: 'https://messaging.example',
  SEALING_SECRET: 'a secret of at least 32 characters',
  TARGETS_INNER_HOSTS: [],
  TARGETS_OPEN: false,
  push: { fcm: null, vapid: null },
};
