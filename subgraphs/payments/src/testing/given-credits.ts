import { randomUUID } from 'node:crypto';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { creditReservationIds, userIds } from '../ids.js';
import type { givenPayments } from './given.js';

type Payments = Awaited<ReturnType<typeof givenPayments>>;

export const reserve = `mutation ($input: ReserveCreditsInput!) {
  reserveCredits(input: $input) {
    reservation { id operation units amount settledAmount status expiresAt closedAt }
    userErrors { code path ... on InsufficientCreditsError { available required } }
  }
}`;
export const settle = `mutation ($input: SettleCreditsInput!) {
  settleCredits(input: $input) { reservation { id amount settledAmount status closedAt } userErrors { code path } }
}`;
export const release = `mutation ($input: ReleaseCreditsInput!) {
  releaseCredits(input: $input) { reservation { id settledAmount status closedAt } userErrors { code path } }
}`;
export const grantBonus = `mutation ($input: GrantBonusCreditsInput!) {
  grantBonusCredits(input: $input) { available userErrors { code path } }
}`;
export const balance = `query ($r: [_Any!]!) {
  _entities(representations: $r) {
    ... on User { creditBalance { available reserved nextExpiryAt nextExpiryAmount } }
  }
}`;
export const history = `query ($r: [_Any!]!, $first: Int, $after: String) {
  _entities(representations: $r) {
    ... on User {
      creditHistory(first: $first, after: $after) {
        nodes { id kind amount at grantKind operation } pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

export const root = aViewer({ roles: ['SUPER_USER'] });
export const aProgram = (scopes = ['credits:spend']): Viewer =>
  aViewer({ kind: 'service', roles: ['SERVICE'], scopes });

let keys = 0;
export const anyKey = () => `credit-${++keys}`;

/** Spends and gives in the name of a program and of a super user. Headlines cost a credit for five. */
export function givenCredits(payments: Payments, program: Viewer = aProgram()) {
  const person = () => {
    const viewer = aViewer();
    return { viewer, publicId: userIds.encode(viewer.id) };
  };
  type Person = ReturnType<typeof person>;
  const grant = async ({ publicId: userId }: Pick<Person, 'publicId'>, amount: number, expiresAt?: Date) => {
    const input = { idempotencyKey: anyKey(), userId, amount, expiresAt, reason: 'A gift' };
    return (await payments.as(root).execute(grantBonus, { input })).data.grantBonusCredits;
  };
  const work = (userId: string, amount: number, overrides: object = {}) => {
    const input = { idempotencyKey: anyKey(), userId, operation: 'HEADLINES', units: amount * 5 };
    return { input: { ...input, quotedAmount: amount, ...overrides } };
  };
  const hold = async ({ publicId }: Pick<Person, 'publicId'>, amount: number, overrides: object = {}) =>
    (await payments.as(program).execute(reserve, work(publicId, amount, overrides))).data.reserveCredits;
  const settled = async (reservationId: string, amount: number) =>
    (await payments.as(program).execute(settle, { input: { reservationId, amount } })).data.settleCredits;
  const released = async (reservationId: string) =>
    (await payments.as(program).execute(release, { input: { reservationId } })).data.releaseCredits;
  const about = ({ publicId: id }: Person) => ({ r: [{ __typename: 'User', id }] });
  const balanceOf = async (someone: Person) =>
    (await payments.as(someone.viewer).execute(balance, about(someone))).data._entities[0].creditBalance;
  const historyOf = async (someone: Person, page: object = { first: 100 }) =>
    (await payments.as(someone.viewer).execute(history, { ...about(someone), ...page })).data._entities[0]
      .creditHistory;
  const withCredits = async (amount: number, expiresAt?: Date) => {
    const someone = person();
    await grant(someone, amount, expiresAt);
    return someone;
  };
  /** What the others were told of the person's credits. */
  const told = ({ viewer }: Person) => payments.creditMessages(viewer);
  const nobody = creditReservationIds.encode(randomUUID());
  return {
    person,
    grant,
    work,
    hold,
    settled,
    released,
    balanceOf,
    historyOf,
    withCredits,
    about,
    told,
    nobody,
  };
}
