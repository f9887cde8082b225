import type { Transaction } from '../database.js';
import type { Transitions } from './transitions.js';

export type Admission = ReturnType<typeof createAdmission>;

interface Holder {
  readonly eventId: string;
  readonly userId: string;
}

/** Who holds a ticket takes part: the ticket takes the place, the registration none. The event is locked. */
export const createAdmission = ({ confirm, end }: Transitions) => ({
  /** Makes the holder of a ticket a participant. One who is a participant already stays it as they are. */
  admitHolder: async (tx: Transaction, holder: Holder): Promise<void> => {
    const known = await tx.registration.findUnique({ where: { eventId_userId: holder } });
    if (known?.status !== 'CONFIRMED') await confirm(tx, holder, 'TICKET');
  },

  /** Ends what a ticket made. A place that was taken without one stays. */
  withdrawHolder: async (tx: Transaction, holder: Holder): Promise<void> => {
    const known = await tx.registration.findUnique({ where: { eventId_userId: holder } });
    if (known?.status === 'CONFIRMED' && known.places === 0) await end(tx, known, 'CANCELLED');
  },
});
