import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getNamedType, isInputObjectType } from 'graphql';
import { ask, faultsOf, userErrorsIn, type RawAnswer } from './nasty-answers.js';
import { targetsOf, type Target } from './nasty-operations.js';
import { actorOf, filled, goodVariables } from './nasty-samples.js';
import { changesBetween, startWatched, type State, type Watched } from './nasty-state.js';
import { forgeTokens, publishKey } from './nasty-tokens.js';
import { buildWorld, type Role, type World } from './nasty-world.js';

let running: Watched;
let world: World;
let mutations: Target[];
let key: Awaited<ReturnType<typeof publishKey>>;

beforeAll(async () => {
  running = await startWatched();
  key = await publishKey(running);
  world = await buildWorld(running);
  const sdl = await readFile(path.resolve(import.meta.dirname, '../../../schema/api.graphql'), 'utf8');
  mutations = targetsOf(buildSchema(sdl), world.objects).filter(({ kind }) => kind === 'mutation');
}, 300_000);
afterAll(() => running.stop());

const send = (token: string | undefined, query: string, variables: object = {}) =>
  ask(running.url, token, { query, variables });

interface Failure {
  readonly code?: unknown;
  readonly extensions?: { readonly code?: unknown; readonly reason?: unknown };
}

/** The codes of everything that an answer reports as failed. */
function failuresOf({ text }: RawAnswer): string[] {
  const { data, errors = [] } = JSON.parse(text) as { data?: unknown; errors?: Failure[] };
  return [
    ...errors.map(({ extensions }) => extensions?.code),
    ...userErrorsIn(data).map(({ code }) => code),
  ].map(String);
}

/** What changed since, messages and jobs included; cheap when nothing did. */
async function changesSince(before: State): Promise<string[]> {
  return changesBetween(before, await running.look()).length === 0
    ? []
    : changesBetween(before, await running.state());
}

const firstOf = (type: string, good: unknown): unknown[] => {
  if (type.startsWith('ID') && typeof good === 'string')
    return ['nonsense', `${good.slice(0, 4)}01h2xcejqtf2nbrexx3vqjhp41`];
  return (
    { String: ['', 'x'.repeat(30_000)], Int: [-1, 2_147_483_647], Float: [1e9] }[type.replace('!', '')] ?? [
      'no such',
      null,
    ]
  );
};

/** What an operation answers with good values, but for one place that is not. */
async function answersToInvalid(target: Target) {
  const answers: { what: string; answer: RawAnswer; again: () => Promise<RawAnswer> }[] = [];
  const token = (await world.client(actorOf(target))).token();
  for (const { path: place, type } of target.leaves) {
    if (isInputObjectType(getNamedType(type))) continue;
    const good = await goodVariables(target, world);
    const usual = place.reduce<any>((value, name) => value?.[name], good);
    for (const value of firstOf(String(type), usual)) {
      const again = () => send(token, target.document, filled(good, place, value));
      answers.push({
        what: `${place.join('.')} = ${String(value).slice(0, 20)}`,
        answer: await again(),
        again,
      });
    }
  }
  return answers;
}

describe('a failing mutation', () => {
  it('with an invalid input changes nothing, whichever field is at fault', async () => {
    const [faults, failed] = [[] as string[], new Set<string>()];
    let before = await running.state();
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['users kit.outbox', 'payments public.payments']),
    );
    for (const target of mutations) {
      const answers = await answersToInvalid(target);
      for (const { answer } of answers) faults.push(...faultsOf(answer));
      const failures = answers.filter(({ answer }) => failuresOf(answer).length > 0);
      if (failures.length > 0) failed.add(target.field.name);
      if (failures.length < answers.length) {
        // What was accepted had its effects: those that failed do it once more, alone.
        before = await running.state();
        for (const { again } of failures) {
          // What failed because another one was under way does not fail any more.
          if (failuresOf(await again()).length === 0) before = await running.state();
        }
      }
      const changes = await changesSince(before);
      if (changes.length === 0) continue;
      faults.push(`${target.label} (one of ${failures.map(({ what }) => what).join()}): ${changes.join()}`);
      before = await running.state();
    }
    expect(faults).toEqual([]);
    expect([...failed].sort()).toEqual(mutations.map(({ field }) => field.name).sort());
  }, 1_800_000);

  /** For whoever is not signed in. */
  const open = [
    'beginFederatedSignIn',
    'completeFederatedSignIn',
    'completeSignIn',
    'login',
    'loginWithEmailCode',
    'refreshSession',
    'refuseFactorResetByKey',
    'register',
    'registerWithIdentity',
    'requestEmailCode',
    'requestPasswordReset',
    'resendVerification',
    'resetPassword',
    'undoEmailChange',
    'verifyEmail',
  ];

  it('of a visitor is refused and changes nothing', async () => {
    const before = await running.state();
    const closed = mutations.filter(({ field }) => !open.includes(field.name));
    for (const target of closed) {
      const answer = await send(undefined, target.document, await goodVariables(target, world));
      expect([target.label, failuresOf(answer)]).toEqual([target.label, ['UNAUTHENTICATED']]);
    }
    const { text } = await send(undefined, 'mutation { logout { isSignedOut } }');
    expect(text).toContain('UNAUTHENTICATED');
    expect(await changesSince(before)).toEqual([]);
  });

  const strangers: Readonly<Record<string, Role>> = {
    appointAmbassador: 'ambassador',
    appointConsul: 'member',
    endOffice: 'member',
    extendOffice: 'member',
    confirmOffice: 'member',
    createEvent: 'member',
    updateEvent: 'member',
    publishEvent: 'member',
    cancelEvent: 'member',
    deleteComment: 'root',
    editPost: 'ambassador',
    deletePost: 'ambassador',
    completeUpload: 'ambassador',
    sendMessage: 'ambassador',
    forwardMessage: 'ambassador',
    scheduleMessage: 'ambassador',
    editMessage: 'ambassador',
    deleteMessage: 'ambassador',
    addMessageReaction: 'ambassador',
    saveDraft: 'ambassador',
    markConversationRead: 'ambassador',
    cancelRegistration: 'ambassador',
    inviteToEvent: 'member',
    addSteward: 'member',
    checkIn: 'member',
    setRegistrationSettings: 'member',
    cancelSubscription: 'ambassador',
    setDefaultPaymentMethod: 'ambassador',
    removePaymentMethod: 'ambassador',
  };

  it.each(Object.entries(strangers))(
    '%s of somebody without the right to it (%s) changes nothing',
    async (name, role) => {
      const target = mutations.find(({ field }) => field.name === name)!;
      const before = await running.state();
      const { token } = await world.client(role);
      const answer = await send(token(), target.document, await goodVariables(target, world));
      const codes = failuresOf(answer);
      expect(codes).toHaveLength(1);
      expect(['FORBIDDEN', 'NOT_FOUND']).toContain(codes[0]);
      expect(await changesSince(before)).toEqual([]);
    },
  );
});

describe('a token', () => {
  const query = '{ me { id } }';
  const mutation = `mutation { createPost(input: { idempotencyKey: "forged", text: "Forged", language: "en" }) { post { id } } }`;

  it('that is not good ends at 401 with its reason, for a query as for a mutation, and has no effect', async () => {
    const { good, refused } = await forgeTokens(world, key);
    expect((await send(good, query)).text).toContain(world.objects['User']);
    const before = await running.state();
    for (const [name, reason, token] of refused) {
      for (const operation of [query, mutation]) {
        const { status, text } = await send(token, operation);
        const { data, errors } = JSON.parse(text) as { data?: unknown; errors: Failure[] };
        const answer = { name, status, data, extensions: errors[0]?.extensions };
        const extensions = { code: 'UNAUTHENTICATED', reason };
        expect(answer).toEqual({ name, status: 401, data: undefined, extensions });
      }
    }
    const { text } = await send(undefined, mutation);
    expect(failuresOf({ status: 200, text })).toEqual(['UNAUTHENTICATED']);
    expect(await changesSince(before)).toEqual([]);
  });
});

/** Table of the owner that gains one row; and what makes it another command. */
const effects: Readonly<Record<string, readonly [table: string, field: string, other: unknown]>> = {
  addComment: ['content public.comments', 'text', 'Other words'],
  addCustomerNote: ['users public.customer_notes', 'text', 'Other words'],
  addCustomerTask: ['users public.customer_tasks', 'title', 'Another'],
  addOrganizationNode: ['users public.organization_nodes', 'name', 'Another'],
  addPaymentMethod: ['payments public.payment_methods', 'isDefault', true],
  appointAmbassador: ['users public.offices', 'countryCode', 'IT'],
  appointConsul: ['users public.offices', 'city', 'Elsewhere'],
  changeCustomers: ['users kit.long_jobs', 'filter', { kind: 'PERSON' }],
  changeSubscriptionPlan: ['payments kit.idempotency_keys', 'planCode', 'PREMIUM_MONTHLY'],
  createCustomer: ['users public.customers', 'name', 'Another'],
  createCustomerField: ['users public.customer_fields', 'name', 'Another'],
  createEvent: ['events public.events', 'title', 'Another title'],
  createGroup: ['messaging public.conversations', 'name', 'Another'],
  createOrganization: ['users public.organizations', 'name', 'Another'],
  createOrganizationRole: ['users public.organization_roles', 'name', 'Another'],
  createPacket: ['events public.packets', 'title', 'Another title'],
  createPost: ['content public.posts', 'text', 'Other words'],
  createTicketType: ['events public.ticket_types', 'name', 'Another'],
  createVoucher: ['events public.vouchers', 'percent', 20],
  createWebhook: ['messaging public.webhooks', 'name', 'Another'],
  creditInvoice: ['payments public.invoices', 'amountMinor', 2],
  draftInvoice: ['payments public.invoices', 'currency', 'RON'],
  exportCustomers: ['users kit.long_jobs', 'filter', { kind: 'PERSON' }],
  forwardMessage: ['messaging public.messages', 'messageId', 'SpareMessage'],
  grantBonusCredits: ['payments public.credit_grants', 'amount', 2],
  grantPermission: ['users public.organization_grants', 'action', 'customers.delete'],
  importCustomers: ['users kit.long_jobs', 'isDryRun', true],
  inviteToEvent: ['events public.event_invitations', 'expiresInDays', 3],
  inviteToOrganization: ['users public.organization_invitations', 'expiresInDays', 3],
  logCustomerActivity: ['users public.customer_activities', 'summary', 'Other words'],
  mergeCustomers: ['users public.customer_merges', 'survivorVersion', 2],
  payOrder: ['payments public.payments', 'paymentMethod', { sandboxCard: { number: '4000000000000002' } }],
  purchaseTickets: ['events public.purchases', 'voucherCode', 'OTHER'],
  refundTickets: ['events kit.idempotency_keys', 'ticketIds', ['tck_01h2xcejqtf2nbrexx3vqjhp41']],
  registerForEvent: ['events public.registrations', 'eventId', 'SpareEvent'],
  removeCustomers: ['users kit.long_jobs', 'filter', { kind: 'PERSON' }],
  requestUpload: ['content public.media', 'sizeBytes', 1_001],
  reserveCredits: ['payments public.credit_reservations', 'units', 2],
  reviewConsul: ['users public.consul_reviews', 'comment', 'Other words'],
  scheduleMessage: ['messaging public.scheduled_messages', 'text', 'Other words'],
  sendMessage: ['messaging public.messages', 'text', 'Other words'],
  startWebhookReplay: ['messaging kit.long_jobs', 'includesDelivered', true],
  subscribe: ['payments public.subscriptions', 'planCode', 'PREMIUM_YEARLY'],
  transferTicket: ['events public.ticket_transfers', 'recipientId', 'User'],
};

/** What has not been done by the tests before. */
const firstOfItsKind = ({ objects }: World): Readonly<Record<string, object>> => ({
  appointAmbassador: { countryCode: 'FR' },
  grantPermission: { action: 'customers.merge' },
  inviteToEvent: { userId: undefined, email: 'somebody@new.example' },
  inviteToOrganization: { userId: undefined, email: 'somebody@new.example' },
  createGroup: { memberIds: [] },
  createVoucher: { code: 'TEN-TIMES' },
  creditInvoice: { invoiceId: objects['OtherInvoice'] },
  payOrder: { orderId: objects['SpareOrder'] },
  purchaseTickets: { lines: [{ ticketTypeId: objects['SpareTicketType'], quantity: 1 }] },
  refundTickets: { purchaseId: objects['SparePurchase'] },
  transferTicket: { ticketId: objects['SpareTicket'] },
  mergeCustomers: { survivorId: objects['MergingCustomer'], mergedId: objects['MergedCustomer'] },
});

/**
 * What changes between two answers beside jobs: forms are signed anew; orders, money and documents arrive; messages are
 * replayed; whoever registers joins the conversation.
 */
const movesOn = new Set([
  ...['requestUpload', 'payOrder', 'subscribe', 'changeSubscriptionPlan', 'purchaseTickets', 'refundTickets'],
  ...['creditInvoice', 'startWebhookReplay', 'registerForEvent'],
]);

/** The outermost ids of a payload; what lies deeper may be there in one answer and not in another. */
function idsOf(text: string, name: string): string {
  const idsIn = (part: unknown): string[] => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return [];
    return 'id' in part ? [String(part.id)] : Object.values(part).flatMap(idsIn);
  };
  return idsIn((JSON.parse(text) as { data: Record<string, unknown> }).data[name]).join();
}

/** Who has not done it in the tests before. */
const freshActors: Readonly<Record<string, Role>> = { registerForEvent: 'root', subscribe: 'leaver' };

describe('a command with a key that is sent ten times at once', () => {
  const keyed = () =>
    mutations.filter(({ leaves }) =>
      leaves.some(({ path: place }) => /^(idempotencyKey|clientMessageId)$/.test(place[1] ?? '')),
    );

  it('is each of these', () => {
    expect(keyed().map(({ field }) => field.name)).toEqual(Object.keys(effects));
  });

  it.each(Object.entries(effects))(
    '%s has one effect, equal answers, and with another body a CONFLICT',
    async (name, [table, field, other]) => {
      const target = mutations.find(({ field }) => field.name === name)!;
      const variables = await goodVariables(target, world);
      Object.assign(variables['input'] as object, firstOfItsKind(world)[name]);
      const token = (await world.client(freshActors[name] ?? actorOf(target))).token();
      const before = await running.state();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => send(token, target.document, variables)),
      );
      expect(answers.map(failuresOf)).toEqual(answers.map(() => []));
      const isSteady = !movesOn.has(name) && !table.endsWith('long_jobs');
      const said = answers.map(({ text }) => (isSteady ? text : idsOf(text, name)));
      expect(said).toEqual(Array(10).fill(expect.stringMatching(/./)));
      expect(new Set(said).size).toBe(1);
      const after = await running.state();
      expect(after[table]!.rows - before[table]!.rows).toBe(1);
      const grown = Object.keys(after).filter(
        // A provider reports one payment by several events, the books and the history of credits write several lines of
        // it, the audit trail hears of more than one thing, and so does whoever is notified.
        (key) =>
          / public\.(?!provider_events|sandbox_events|ledger_|credit_entries|audit_|notifications|deliver)/.test(
            key,
          ) && after[key]!.rows - before[key]!.rows > 1,
      );
      expect(grown).toEqual([]);
      const value = world.objects[String(other)] ?? other;
      const changed = await send(token, target.document, filled(variables, ['input', field], value));
      expect(failuresOf(changed)).toEqual(['CONFLICT']);
      expect(await changesSince(after)).toEqual([]);
    },
  );
});
