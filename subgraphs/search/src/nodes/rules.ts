import { idType, prefixOf } from '@diaspora/kit';

/** Which entity an id prefix stands for: every entity of the supergraph that implements Node. */
const typenames = {
  cmt: 'Comment',
  cnv: 'Conversation',
  cus: 'Customer',
  evs: 'EventSeries',
  evt: 'Event',
  inv: 'Invoice',
  med: 'Media',
  msg: 'Message',
  ntf: 'Notification',
  ofc: 'Office',
  ond: 'OrganizationNode',
  ord: 'Order',
  org: 'Organization',
  pkt: 'Packet',
  pln: 'Plan',
  pmt: 'PaymentMethod',
  pst: 'Post',
  pur: 'Purchase',
  reg: 'Registration',
  smg: 'ScheduledMessage',
  sub: 'PlanSubscription',
  tck: 'Ticket',
  tty: 'TicketType',
  usr: 'User',
  vch: 'Voucher',
  whd: 'WebhookDelivery',
  whk: 'Webhook',
} as const;

export type NodeTypename = (typeof typenames)[keyof typeof typenames];

/** A reference that the entity's owner resolves, with the viewer's rights. One member for each entity. */
export type NodeReference<Typename extends NodeTypename = NodeTypename> = {
  [Each in Typename]: { readonly __typename: Each; readonly id: string };
}[Typename];

export const nodeTypenames: readonly NodeTypename[] = Object.values(typenames);

const kinds = Object.entries(typenames).map(([prefix, typename]) => ({ ids: idType(prefix), typename }));

/** The entity a global id names; null for anything else. Whether it exists, its owner knows. */
export function referenceOf(id: string): NodeReference | null {
  const kind = kinds.find(({ ids }) => ids.prefix === prefixOf(id));
  return kind?.ids.find(id) ? ({ __typename: kind.typename, id } as NodeReference) : null;
}
