import { defineRetelling, systemClock } from '@diaspora/kit';
import { tieState } from './connections/index.js';
import { connectDatabase } from './database.js';
import { messages } from './messages.js';
import { officeState } from './offices/index.js';
import { peopleState } from './people-state.js';
import { settingsState } from './platform-settings/index.js';

/** What users can tell again: all that is so and that others may keep. People first, as the rest is about them. */
export const retelling = defineRetelling({
  messages,
  connect: connectDatabase,
  states: {
    people: peopleState(systemClock),
    ties: tieState(systemClock),
    offices: officeState,
    platform: settingsState,
  },
});
