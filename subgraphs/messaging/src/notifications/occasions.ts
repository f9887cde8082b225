import type { Clock } from '@diaspora/kit';
import type { Db } from '../database.js';
import { createAnniversaries } from './anniversaries.js';
import { createAttendance } from './attendance.js';
import { createEventHandlers } from './event-handlers.js';
import { createNotificationHandlers } from './handlers.js';
import { createMissedMessages } from './missed-messages.js';
import { createPaymentHandlers } from './payment-handlers.js';
import { createPeopleHandlers } from './people-handlers.js';
import { createNamedHandlers } from './people-named.js';
import { createKnownPeopleHandlers } from './people-known.js';
import type { Telling } from './telling.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly telling: Telling;
}

/** Everything that makes a notification: what others report, and what time brings. */
export function createOccasions(dependencies: Dependencies) {
  const { telling } = dependencies;
  const attendance = createAttendance(dependencies);
  const missed = createMissedMessages(dependencies);
  const anniversaries = createAnniversaries(dependencies);
  return {
    handlers: [
      ...createNotificationHandlers(telling),
      ...createEventHandlers(telling),
      ...createPeopleHandlers(telling),
      ...createKnownPeopleHandlers(telling),
      ...createPaymentHandlers(telling),
      ...createNamedHandlers(telling),
      ...attendance.handlers,
      ...missed.handlers,
    ],
    jobs: { ...attendance.jobs, ...missed.jobs, ...anniversaries.jobs },
    crontab: [missed.crontab, anniversaries.crontab],
  };
}
