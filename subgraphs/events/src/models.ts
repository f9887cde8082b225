import type {
  CalendarConnection,
  CalendarFeed,
  CoHostInvitation,
  Event,
  EventSeries,
  Inclusion,
  Packet,
  Purchase,
  PurchaseLine,
  PurchaseRefund,
  Rating,
  Registration,
  RegistrationAnswer,
  RegistrationQuestion,
  Scan,
  Ticket,
  TicketTransfer,
  TicketType,
  Voucher,
  EventInvitation,
  WaitlistEntry,
} from './__generated__/prisma/client.js';
import type { CalendarEntry } from './calendar/index.js';
import type { Counts, Report } from './event-metrics/index.js';
import type { RecommendedEvent } from './recommendations/index.js';
import type { FoundEvent } from './catalog/discovery.js';
import type { AgendaItem } from './catalog/program.js';
import type { EventTranslation, LocalizedText } from './catalog/translations.js';
import type { Attendance, SoldTickets } from './insights/index.js';
import type { RatingSummary } from './ratings/index.js';
import type { Settings } from './registration-form/index.js';
import type { SeatModel } from './ticketing/index.js';
import type { ZonedTime } from './time/index.js';

export type CoHostInvitationModel = CoHostInvitation;
export interface RecommendedEventEdgeModel {
  readonly cursor: string;
  readonly node: RecommendedEvent;
}
export type AnalyticsReportModel = Report;
export interface EventMetricsModel extends Counts {
  readonly report: Report;
}
/** An event in a list, with what the list knows of it. */
export interface EventEdgeModel {
  readonly cursor: string;
  readonly node: FoundEvent;
}
export type EventSeriesModel = EventSeries;
export type EventModel = Event;
export type RegistrationModel = Registration;
export type RegistrationQuestionModel = RegistrationQuestion;
export type RegistrationAnswerModel = RegistrationAnswer & { readonly question: RegistrationQuestion };
export type RegistrationSettingsModel = Settings & { readonly eventId: string };
export type EventInvitationModel = EventInvitation;
export type WaitlistEntryModel = WaitlistEntry;
export type ScanModel = Scan;
/** Who takes part, as stewards find them. */
export type DoorListEntryModel = Registration;
/** The code itself; its pictures are drawn from it. */
export type CheckInCodeModel = string;
export type RatingModel = Rating;
export type RatingSummaryModel = RatingSummary;
export type RatingCommentModel = Rating;
export type EventInsightsModel = Attendance & { readonly event: Event };
export type TicketSalesPartModel = SoldTickets;
export type ZonedTimeModel = ZonedTime;
export type TicketTypeModel = TicketType;
export type EventSeatModel = SeatModel;
export type PacketModel = Packet;
export type InclusionModel = Inclusion;
export type VoucherModel = Voucher;
export type TicketModel = Ticket;
export type TicketTransferModel = TicketTransfer;
export type PurchaseModel = Purchase;
/** Amounts of its parts are in the currency of the purchase. */
export type PurchaseLineModel = PurchaseLine & Pick<Purchase, 'currency'>;
export type PurchaseRefundModel = PurchaseRefund & Pick<Purchase, 'currency'>;
export type CalendarConnectionModel = CalendarConnection;
export type CalendarFeedModel = CalendarFeed;
export interface CalendarEntryModel {
  readonly event: Event;
  readonly entry: CalendarEntry;
}

export type AgendaItemModel = AgendaItem;
export type EventTranslationModel = EventTranslation;
export type LocalizedTextModel = LocalizedText;

/** A file of the content subgraph, by public id. */
export interface MediaModel {
  readonly id: string;
}

/** An order of the payments subgraph, by public id. */
export interface OrderModel {
  readonly id: string;
}

/** A person of the users subgraph, by public id. */
export interface UserModel {
  readonly id: string;
}
