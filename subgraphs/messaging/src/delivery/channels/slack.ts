import type { ChatWebhooks } from '../../chat-webhooks/index.js';
import type { TargetAnswer } from '../../targets.js';
import { wordsIn } from '../../words/index.js';
import type { Outcome } from '../rules.js';
import { outcomeOf, outcomeOfFailure } from './answers.js';
import type { ChannelAdapter } from './channel.js';

/** Slack says with 403 and 404 alike that a webhook or its channel is no more (https://api.slack.com/messaging/webhooks). */
const goneWords = ['no_service', 'no_team', 'channel_not_found', 'channel_is_archived', 'action_prohibited'];

const outcome = (answer: TargetAnswer): Outcome =>
  answer.status >= 400 && goneWords.includes(answer.text.trim())
    ? { kind: 'GONE', detail: answer.text.trim() }
    : outcomeOf(answer);

export const createSlackChannel = (chatWebhooks: ChatWebhooks): ChannelAdapter => ({
  open: async (tx, { target }) => {
    const url = await chatWebhooks.targetOf(tx, target);
    if (url === null) return null;
    return {
      provider: 'slack',
      send: ({ letter }) => {
        const [line] = letter.lines;
        const link = line?.url ? { url: line.url, text: wordsIn(letter.language).open } : undefined;
        return chatWebhooks.write(url, letter.subject, link).then(outcome, outcomeOfFailure);
      },
      onGone: (gone) => chatWebhooks.markBroken(gone, target),
    };
  },
});
