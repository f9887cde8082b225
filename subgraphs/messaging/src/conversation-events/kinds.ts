interface Kind {
  /** The member of `ConversationEvent` that tells it. Its resolvers get the event as it is in the log (`LoggedEvent`). */
  readonly typename: string;
  /** Not told across a block, either way, as with what somebody is doing. What is said is told: the history shows it too. */
  readonly isHiddenByBlocks?: true;
  /** Told also to whoever has deleted the message for themselves. */
  readonly tellsOfHidden?: true;
}

/** What can be in the log. A slice that adds a kind adds its type to the union in its own SDL, and a line here. */
export const kinds = {
  MESSAGE_SENT: { typename: 'MessageSent' },
  MESSAGE_EDITED: { typename: 'MessageEdited' },
  MESSAGE_DELETED: { typename: 'MessageDeleted', tellsOfHidden: true },
  REACTIONS_CHANGED: { typename: 'ReactionsChanged' },
  DRAFT_CHANGED: { typename: 'DraftChanged' },
  SCHEDULED_MESSAGE_FAILED: { typename: 'ScheduledMessageFailed' },
  LIVE_LOCATION_SHARED: { typename: 'LiveLocationShared', isHiddenByBlocks: true },
  LIVE_LOCATION_ENDED: { typename: 'LiveLocationEnded', isHiddenByBlocks: true },
  RECEIPT_MOVED: { typename: 'ReceiptMoved', isHiddenByBlocks: true },
} as const satisfies Record<string, Kind>;

export type EventKind = keyof typeof kinds;
export type LoggedTypename = (typeof kinds)[EventKind]['typename'];

export const kindOf = (kind: EventKind): Kind => kinds[kind];
