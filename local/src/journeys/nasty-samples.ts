import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
} from 'graphql';
import type { Target } from './nasty-operations.js';
import type { Role, World } from './nasty-world.js';

let serial = 0;
/** Distinct within a run. */
export const freshWord = (): string => `k${(serial += 1)}`;

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
/** On a local clock, at an hour that every day has. */
const eveningIn = (days: number) => `${inDays(days).slice(0, 10)}T18:00:00`;

/** Well-formed values by the name of the field; what is optional and not named stays away. */
function named(name: string, { objects, targetId }: World): unknown {
  const known: Readonly<Record<string, unknown>> = {
    idempotencyKey: freshWord(),
    clientMessageId: freshWord(),
    userId: targetId,
    first: 2,
    eventId: objects['Event'],
    postId: objects['Post'],
    commentId: objects['Comment'],
    conversationId: objects['Conversation'],
    messageId: objects['Message'],
    scheduledMessageId: 'smg_01h2xcejqtf2nbrexx3vqjhp41',
    emoji: '👍',
    sendAt: inDays(2),
    mediaId: objects['Media'],
    pictureId: objects['Media'],
    officeId: objects['Office'],
    applicationId: 'oap_01h2xcejqtf2nbrexx3vqjhp41',
    role: 'CONSUL',
    dataExportId: 'dex_01h2xcejqtf2nbrexx3vqjhp41',
    erasureId: 'ers_01h2xcejqtf2nbrexx3vqjhp41',
    registrationId: objects['Registration'],
    invoiceId: objects['Invoice'],
    issuerId: objects['InvoiceIssuer'],
    lines: [{ description: 'Work', quantity: 1, unitAmountMinor: 100 }],
    subscriptionId: objects['PlanSubscription'],
    orderId: objects['Order'],
    refundId: 'rfd_01h2xcejqtf2nbrexx3vqjhp41',
    paymentMethodId: objects['PaymentMethod'],
    organizationId: objects['Organization'],
    nodeId: objects['OrganizationNode'],
    departmentId: objects['OrganizationNode'],
    customerId: objects['Customer'],
    survivorId: objects['Customer'],
    mergedId: objects['SpareCustomer'],
    uploadId: objects['CustomerUpload'],
    parentId: objects['OrganizationNode'],
    roleId: objects['OrganizationRole'],
    memberId: objects['OrganizationMember'],
    invitationId: objects['OrganizationInvitation'],
    grantId: objects['OrganizationGrant'],
    sessionId: objects['Session'],
    subjectId: objects['Conversation'],
    resetId: 'frs_01h2xcejqtf2nbrexx3vqjhp41',
    deviceId: 'dev_01h2xcejqtf2nbrexx3vqjhp41',
    chatWebhookId: 'cwh_01h2xcejqtf2nbrexx3vqjhp41',
    deliveryId: 'dlv_01h2xcejqtf2nbrexx3vqjhp41',
    webhookId: objects['Webhook'],
    webhookDeliveryId: 'whd_01h2xcejqtf2nbrexx3vqjhp41',
    webhookReplayId: 'whr_01h2xcejqtf2nbrexx3vqjhp41',
    since: inDays(-2),
    eventTypes: ['webhook.disabled'],
    fcmToken: freshWord(),
    userIds: [targetId],
    memberIds: [targetId],
    successorId: targetId,
    inviteLinkId: 'gil_01h2xcejqtf2nbrexx3vqjhp41',
    joinRequestId: 'gjr_01h2xcejqtf2nbrexx3vqjhp41',
    expectedVersion: 1,
    name: freshWord(),
    actions: ['customers.read'],
    text: 'Words',
    title: 'Title',
    description: 'Words',
    displayName: 'Name',
    city: freshWord(),
    countryCode: 'DE',
    countryOfOrigin: 'RO',
    countryOfResidence: 'DE',
    language: 'en',
    languages: ['en'],
    timeZone: 'Europe/Berlin',
    zone: 'Europe/Berlin',
    locale: 'en',
    domain: 'OTHERS',
    type: 'NATIONAL',
    startsAt: eveningIn(20),
    query: 'harvest',
    rule: 'FREQ=DAILY',
    latitude: 52,
    longitude: 13,
    radiusKm: 10,
    email: `${freshWord()}@nobody.example`,
    password: 'a good password',
    newEmail: `${freshWord()}@nobody.example`,
    newPassword: 'another good password',
    phoneNumber: '+4930900123',
    code: '123456',
    refreshToken: 'x.y',
    redirectUri: 'https://app.example/signed-in',
    callbackUrl: 'https://app.example/signed-in?code=x&state=y',
    identityId: 'idn_00000000000000000000000000',
    serviceAccountId: 'svc_00000000000000000000000000',
    apiKeyId: 'apk_00000000000000000000000000',
    contentType: 'image/png',
    sizeBytes: 1_000,
    fileName: 'a.png',
    number: '4242424242424242',
    planCode: 'PREMIUM_MONTHLY',
    upToSequence: 1,
    place: {},
    paymentMethod: {},
    sandboxCard: {},
    connectionId: 'cal_01h2xcejqtf2nbrexx3vqjhp41',
    // Nothing that is looked up or reached.
    serverUrl: 'https://127.0.0.1:9/',
    nonce: freshWord(),
    ticketTypeId: objects['TicketType'],
    packetId: objects['Packet'],
    voucherId: objects['Voucher'],
    purchaseId: objects['Purchase'],
    ticketId: objects['Ticket'],
    transferId: 'trf_01h2xcejqtf2nbrexx3vqjhp41',
    recipientId: targetId,
    inclusions: [{ eventId: objects['TicketEvent'], seats: 1 }],
    price: {},
    currency: 'EUR',
    amountMinor: 100,
    reservationId: 'crv_01h2xcejqtf2nbrexx3vqjhp41',
    ids: [objects['Notification']],
  };
  return known[name];
}

const bySort: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  BigInt: 1,
  CurrencyCode: 'EUR',
  Boolean: true,
  Date: inDays(1).slice(0, 10),
  DateTime: inDays(1),
  EmailAddress: 'somebody@nobody.example',
  PhoneNumber: '+4930123456',
  URL: 'https://nobody.example/',
};

function sample(type: GraphQLInputType, name: string, world: World): unknown {
  const nullable = getNullableType(type);
  const known = named(name, world);
  if (isInputObjectType(nullable) && (isNonNullType(type) || known !== undefined)) {
    const fields = Object.values(nullable.getFields()).map((field) => [
      field.name,
      field.defaultValue === undefined ? sample(field.type, field.name, world) : undefined,
    ]);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  // Fields of these names differ in type: events end on local clocks, terms of office at an instant.
  if (name === 'endsAt') return String(nullable) === 'DateTime' ? inDays(90) : eveningIn(21);
  if (name === 'startsAt' && String(nullable) === 'DateTime') return undefined;
  if (isEnumType(nullable) && !nullable.getValue(String(known)))
    return isNonNullType(type) ? nullable.getValues()[0]?.name : undefined;
  if (known !== undefined || !isNonNullType(type)) return known;
  if (isListType(nullable)) return [];
  if (name === 'until') return inDays(2).slice(0, 10);
  return bySort[String(nullable)] ?? 'word';
}

const planChange = (fieldName: string) =>
  fieldName === 'changeSubscriptionPlan' ? { planCode: 'PREMIUM_YEARLY' } : {};

/** What operations change for good, and which of two ways to say something they are given. */
function particular(fieldName: string, { objects }: World): Record<string, unknown> {
  if (fieldName === 'grantPermission') return { roleId: undefined, action: 'customers.write' };
  if (fieldName === 'inviteToOrganization') return { email: undefined };
  if (/^(update|cancel)Event$/.test(fieldName)) return { eventId: objects['SpareEvent'] };
  if (/^(resume|change)Subscription/.test(fieldName))
    return {
      subscriptionId: objects['SpareSubscription'],
      paymentMethodId: undefined,
      ...planChange(fieldName),
    };
  if (/^(subscribe|payOrder)$/.test(fieldName)) return { paymentMethodId: undefined };
  if (fieldName === 'removePaymentMethod') return { paymentMethodId: objects['SparePaymentMethod'] };
  if (fieldName === 'draftInvoice') return { customerId: objects['User'], currency: 'EUR' };
  if (fieldName === 'finaliseInvoice') return { invoiceId: objects['DraftInvoice'] };
  if (fieldName === 'discardInvoice') return { invoiceId: objects['SpareInvoice'] };
  if (fieldName === 'creditInvoice') return { amountMinor: 1 };
  if (/^(createTicketType|changeEventSeats|(in|ex)cludeEvent)$/.test(fieldName))
    return { eventId: objects['TicketEvent'], ...(fieldName === 'changeEventSeats' && { capacity: 100 }) };
  if (fieldName === 'purchaseTickets')
    return {
      lines: [{ ticketTypeId: objects['TicketType'], quantity: 1 }],
      ...{ paymentMethodId: undefined, expectedTotal: undefined },
    };
  if (fieldName === 'createVoucher')
    return { code: freshWord(), percent: 10, eventId: undefined, packetId: undefined };
  if (fieldName === 'retirePlan') return { code: 'WORKSPACE_FREE' };
  if (fieldName === 'createPlanVersion')
    return { code: 'SUPPORTER', expectedVersion: 0, priceMinor: 100, currency: 'EUR', interval: 'MONTH' };
  if (fieldName === 'inviteToEvent') return { email: undefined };
  if (/^(revoke|decline)EventInvitation$/.test(fieldName))
    return { invitationId: 'inv_01h2xcejqtf2nbrexx3vqjhp41' };
  if (/^(updateGroup|addGroupMembers|setGroupRole|createInviteLink)$/.test(fieldName))
    return { conversationId: objects['Group'] };
  // What is sent is tried again for a day.
  if (fieldName === 'sendTestWebhookEvent') return { webhookId: 'whk_01h2xcejqtf2nbrexx3vqjhp41' };
  if (fieldName === 'startWebhookReplay') return { webhookId: objects['ReplayedWebhook'] };
  if (fieldName === 'removeWebhook') return { webhookId: objects['SpareWebhook'] };
  if (fieldName === 'deletePost') return { postId: objects['SparePost'] };
  if (fieldName === 'deleteMessage') return { messageId: objects['SpareMessage'] };
  return fieldName === 'deleteComment' ? { commentId: objects['SpareComment'] } : {};
}

const versionOf: Readonly<Record<string, readonly [string, (world: World) => string, within?: string]>> = {
  editPost: ['post', ({ objects }) => `post(id: "${objects['Post']}")`],
  updateEvent: ['event', ({ objects }) => `event(id: "${objects['SpareEvent']}")`],
  updateProfile: ['me', () => 'me'],
  updateInvoiceIssuer: ['invoiceIssuers', () => 'invoiceIssuers'],
  updateBillingDetails: ['me', () => 'me', 'billingDetails'],
  updatePlatformSettings: ['platformSettings', () => 'platformSettings'],
  setPlatformFee: ['platformFee', () => 'platformFee'],
  updateWebhook: ['webhook', ({ objects }) => `webhook(id: "${objects['Webhook']}")`],
  renameOrganization: ['organization', ({ objects }) => `organization(id: "${objects['Organization']}")`],
};

/** Variables with which the operation does what it is for. */
export async function goodVariables(target: Target, world: World): Promise<Record<string, unknown>> {
  const { field } = target;
  const entries = field.args
    .filter(({ defaultValue }) => defaultValue === undefined)
    .map((argument) => [argument.name, sample(argument.type, argument.name, world)] as const);
  const variables = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const returned = String(getNullableType(field.type)).replace(/\W/g, '');
  if (field.args.some(({ name }) => name === 'id'))
    variables['id'] = world.objects[returned] ?? world.objects['Event'];
  if (field.args.some(({ name }) => name === 'ids')) variables['ids'] = Object.values(world.objects);
  const input = variables['input'] as Record<string, unknown> | undefined;
  if (input) Object.assign(input, particular(field.name, world));
  const versioned = versionOf[field.name];
  if (versioned) {
    const client = await world.client(actorOf(target));
    const [field, query, within] = versioned;
    const selection = within ? `${within} { version }` : 'version';
    const { data } = await client.send(`{ ${query(world)} { ${selection} } }`);
    const found = [data?.[field]].flat()[0];
    input!['expectedVersion'] = (within ? found?.[within] : found)?.version;
  }
  return variables;
}

/** What the organizer of the event sees and does of those who come. */
const doors = Object.fromEntries(
  [
    ...['addSteward', 'removeSteward', 'checkIn', 'uploadScans', 'setRegistrationSettings'],
    ...['inviteToEvent', 'revokeEventInvitation'],
    ...['doorList', 'scans', 'waitlist', 'invitations'].flatMap((field) => [
      `Event.${field}`,
      `nodes/Event.${field}`,
    ]),
  ].map((label) => [label, 'ambassador' as const]),
);

/** Who is told what happens is for super users. */
const partners = Object.fromEntries(
  [
    ...['webhook', 'webhooks', 'createWebhook', 'updateWebhook', 'rotateWebhookSecret'],
    ...['disableWebhook', 'enableWebhook', 'removeWebhook'],
    ...['webhookDeliveries', 'sendTestWebhookEvent', 'replayWebhookDelivery'],
    ...['webhookReplay', 'startWebhookReplay', 'cancelWebhookReplay'],
  ].map((label) => [label, 'root' as const]),
);

const actors: Readonly<Record<string, Role>> = {
  subscribe: 'ambassador',
  'Event.registrations': 'ambassador',
  'nodes/Event.registrations': 'ambassador',
  appointAmbassador: 'root',
  appointConsul: 'root',
  endOffice: 'root',
  extendOffice: 'root',
  confirmOffice: 'root',
  reviewConsul: 'root',
  userSearch: 'root',
  analyticsReport: 'root',
  startImpersonation: 'root',
  openFactorReset: 'root',
  confirmFactorReset: 'root',
  withdrawFactorReset: 'root',
  factorResets: 'root',
  updatePlatformSettings: 'root',
  createPlanVersion: 'root',
  draftInvoice: 'root',
  finaliseInvoice: 'root',
  discardInvoice: 'root',
  creditInvoice: 'root',
  invoices: 'root',
  invoiceIssuers: 'root',
  taxRates: 'root',
  updateInvoiceIssuer: 'root',
  setTaxRate: 'root',
  retirePlan: 'root',
  planVersions: 'root',
  setPlatformFee: 'root',
  ledgerAccounts: 'root',
  ledgerCheck: 'root',
  resumeSubscription: 'root',
  changeSubscriptionPlan: 'root',
  changeSubscriptionPaymentMethod: 'root',
  providerEvents: 'root',
  grantBonusCredits: 'root',
  reserveCredits: 'program',
  settleCredits: 'program',
  releaseCredits: 'program',
  creditReservation: 'program',
  ...doors,
  ...partners,
  createTicketType: 'root',
  updateTicketType: 'root',
  deleteTicketType: 'root',
  changeEventSeats: 'root',
  createPacket: 'root',
  updatePacket: 'root',
  changePacketSeats: 'root',
  includeEvent: 'root',
  excludeEvent: 'root',
  deletePacket: 'root',
  createVoucher: 'root',
  updateVoucher: 'root',
  deleteVoucher: 'root',
  deleteTicket: 'root',
  createEvent: 'ambassador',
  repeatEvent: 'ambassador',
  publishSeries: 'ambassador',
  updateSeries: 'ambassador',
  cancelSeries: 'ambassador',
  deleteEvent: 'ambassador',
  inviteCoHost: 'ambassador',
  removeCoHost: 'ambassador',
  updateEvent: 'ambassador',
  publishEvent: 'ambassador',
  cancelEvent: 'ambassador',
  logoutEverywhere: 'leaver',
  revokeSession: 'leaver',
};

/** Who gets furthest with an operation. */
export const actorOf = ({ label, field }: Pick<Target, 'label' | 'field'>): Role =>
  actors[label] ?? actors[field.name] ?? 'member';

/** Variables with a value at a path; objects on the way are made. */
export function filled(
  variables: Record<string, unknown>,
  [head = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (rest.length === 0) return { ...variables, [head]: value };
  const below = variables[head];
  const next = typeof below === 'object' && below !== null && !Array.isArray(below) ? below : {};
  return { ...variables, [head]: filled(next as Record<string, unknown>, rest, value) };
}
