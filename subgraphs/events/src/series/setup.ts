import type { Clock } from '@diaspora/kit';
import type { Event, EventSeries } from '../__generated__/prisma/client.js';
import type { Hosting } from '../co-hosts/index.js';
import type { Prisma, Transaction } from '../database.js';
import { noteOwn } from '../own-parts.js';
import type { Places } from '../places/index.js';
import { createFormCopies, type FormCopy } from '../registration-form/index.js';
import { createSaleCopies, type SaleCopy } from '../ticketing/index.js';

export type Setup = ReturnType<typeof createSetup>;

/** What other events of a series can take over from one of them, beside what is in its own columns. */
export type SeriesPart = 'TICKETS' | 'REGISTRATION' | 'CO_HOSTS';
export const allParts: readonly SeriesPart[] = ['TICKETS', 'REGISTRATION', 'CO_HOSTS'];

interface Dependencies {
  readonly clock: Clock;
  readonly places: Places;
  readonly hosting: Hosting;
}

type Columns = Pick<EventSeries, 'sale' | 'form'>;
const readSale = ({ sale }: Columns): SaleCopy => sale as unknown as SaleCopy;
const readForm = ({ form }: Columns): FormCopy => form as unknown as FormCopy;

const ownPartOf = { TICKETS: 'tickets', REGISTRATION: 'registration', CO_HOSTS: 'coHostIds' } as const;

/** Whether a part of an event is its own, so that changes of its series pass over it. */
const isOwn = (event: Event, part: SeriesPart): boolean => event.ownFields.includes(ownPartOf[part]);

/** Which names of what is an event's own mean one of these parts. */
export const ownPartsOf = (parts: readonly SeriesPart[]): string[] => parts.map((part) => ownPartOf[part]);

/** What belongs to an event beside its columns: tickets, terms of registration, co-hosts. Events are locked. */
export function createSetup({ clock, places, hosting }: Dependencies) {
  const sales = createSaleCopies({ clock });
  const forms = createFormCopies({ clock, places });

  /** The columns of a series whose events are to be set up as one of them is. */
  async function read(tx: Transaction, event: Event, parts: readonly SeriesPart[]) {
    const asJson = (copy: SaleCopy | FormCopy) => copy as unknown as Prisma.InputJsonValue;
    return {
      ...(parts.includes('TICKETS') && { sale: asJson(await sales.read(tx, event)) }),
      ...(parts.includes('REGISTRATION') && { form: asJson(await forms.read(tx, event)) }),
      ...(parts.includes('CO_HOSTS') && { coHostIds: event.coHostIds }),
    };
  }

  /** Sets up an event that was made a moment ago. */
  async function give(tx: Transaction, event: Event, series: Columns): Promise<void> {
    await sales.give(tx, event, readSale(series));
    await forms.give(tx, event, readForm(series));
  }

  /** Sets an event up anew. Where tickets were bought they stay as they are, and are its own from now on. */
  async function replace(
    tx: Transaction,
    event: Event,
    { series, parts }: { series: EventSeries; parts: readonly SeriesPart[] },
  ): Promise<void> {
    const open = parts.filter((part) => !isOwn(event, part));
    if (open.includes('TICKETS') && !(await sales.replace(tx, event, readSale(series))))
      await noteOwn(tx, event, 'tickets');
    if (open.includes('REGISTRATION')) await forms.give(tx, event, readForm(series));
    if (open.includes('CO_HOSTS')) await hosting.set(tx, event, series.coHostIds);
  }

  return { read, give, replace };
}
