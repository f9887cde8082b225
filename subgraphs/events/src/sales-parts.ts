import { onJob, type Viewer } from '@diaspora/kit';
import { expirePurchases, retryRefunds, settleCancelledEvent } from './jobs.js';
import {
  createPackets,
  createPacketsLoaders,
  packetsSlice,
  type Packets,
  type PacketsLoaders,
} from './packets/index.js';
import type { Admission, Queue } from './participation/index.js';
import {
  createBasket,
  createOrderHandlers,
  createPurchases,
  createPurchasesLoaders,
  createRefunds,
  createSaga,
  createSalesErasure,
  createUpkeep,
  purchasesSlice,
  type AfterStep,
  type MayWait,
  type Purchases,
  type PurchasesLoaders,
  type Refunds,
} from './purchases/index.js';
import {
  createTicketing,
  createTicketingLoaders,
  ticketingSlice,
  type Ticketing,
  type TicketingDependencies,
  type TicketingLoaders,
} from './ticketing/index.js';
import {
  createIssuing,
  createTickets,
  createTicketsLoaders,
  ticketsSlice,
  type Tickets,
  type TicketsLoaders,
} from './tickets/index.js';
import {
  createVouchers,
  createVouchersLoaders,
  vouchersSlice,
  type Vouchers,
  type VouchersLoaders,
} from './vouchers/index.js';

export interface SalesServices {
  readonly ticketing: Ticketing;
  readonly packets: Packets;
  readonly vouchers: Vouchers;
  readonly tickets: Tickets;
  readonly purchases: Purchases;
  readonly refunds: Refunds;
}

export type SalesLoaders = TicketingLoaders &
  PacketsLoaders &
  VouchersLoaders &
  TicketsLoaders &
  PurchasesLoaders;

type Dependencies = TicketingDependencies & {
  readonly admission: Admission;
  readonly queue: Queue;
  readonly mayWait: MayWait;
  readonly afterStep?: AfterStep;
};

/** How tickets are sold, from the type to the refund, put together. */
export function composeSales({ afterStep, admission, queue, mayWait, ...dependencies }: Dependencies) {
  const { db, clock } = dependencies;
  const vouchers = createVouchers(dependencies);
  const issuing = createIssuing({ ...dependencies, admission });
  const basket = createBasket({ ...dependencies, vouchers, mayWait });
  const saga = createSaga({ ...dependencies, basket, issuing, ...(afterStep && { afterStep }) });
  const upkeep = createUpkeep({ ...dependencies, basket, saga });
  const services: SalesServices = {
    ticketing: createTicketing(dependencies),
    packets: createPackets(dependencies),
    vouchers,
    tickets: createTickets({ ...dependencies, issuing }),
    purchases: createPurchases({ ...dependencies, basket, vouchers, saga, queue }),
    refunds: createRefunds({ ...dependencies, basket, saga }),
  };
  return {
    services,
    slices: [ticketingSlice, packetsSlice, vouchersSlice, ticketsSlice, purchasesSlice],
    createLoaders: (viewer: Viewer | null): SalesLoaders => ({
      ...createTicketingLoaders(db, clock, viewer),
      ...createPacketsLoaders(db, clock, viewer),
      ...createVouchersLoaders(db, viewer),
      ...createTicketsLoaders(db, viewer),
      ...createPurchasesLoaders(db, viewer),
    }),
    erasure: createSalesErasure({ clock, basket, saga }),
    handlers: createOrderHandlers({ basket, saga }),
    jobs: {
      ...onJob(expirePurchases, upkeep.expire),
      ...onJob(retryRefunds, upkeep.retryRefunds),
      ...onJob(settleCancelledEvent, upkeep.settleEvent),
    },
  };
}
