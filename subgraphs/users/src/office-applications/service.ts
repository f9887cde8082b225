import { AppError, dayMs, parseInput, type Audit, type Clock, type Outbox, type Page } from '@diaspora/kit';
import type { OfficeApplication } from '../__generated__/prisma/client.js';
import type { Db, Prisma, Transaction } from '../database.js';
import type { Epochs } from '../epochs.js';
import { applicationIds, officeIds, userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import {
  assertMayAppoint,
  cityKeyOf,
  heldAt,
  standingOf,
  superiorsOf,
  termOf,
  type Offices,
} from '../offices/index.js';
import {
  approval,
  assertPending,
  isSettledBy,
  maxPending,
  mostADay,
  newApplication,
  noSuchApplication,
  refusal,
  tooManyToday,
  type ApplicationStatus,
  type NewApplication,
} from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<UsersMessages>;
  readonly audit: Audit;
  readonly epochs: Epochs;
  readonly offices: Offices;
}

export interface Approval {
  readonly startsAt?: Date | null | undefined;
  readonly endsAt?: Date | null | undefined;
  readonly message?: string | null | undefined;
}

/** People ask for offices; whoever appoints to them decides. */
export function createApplications({ db, clock, outbox, audit, epochs, offices }: Dependencies) {
  async function apply(applicantId: string, input: object): Promise<OfficeApplication> {
    const application = parseInput(newApplication, input);
    const place = placeOf(application);
    return db.$transaction(async (tx) => {
      // Whoever applies twice at once waits here: what was counted stays true.
      await tx.$executeRaw`SELECT 1 FROM accounts WHERE id = ${applicantId}::uuid FOR NO KEY UPDATE`;
      const waiting = { applicantId, status: 'PENDING' as const };
      const known = await tx.officeApplication.findFirst({ where: { ...waiting, ...place } });
      if (known) return known;
      if ((await tx.office.count({ where: { holderId: applicantId, ...place, ...heldAt(clock.now()) } })) > 0)
        throw new AppError('CONFLICT', 'You hold this office.');
      if ((await tx.officeApplication.count({ where: waiting })) >= maxPending)
        throw new AppError('CONFLICT', `No more than ${maxPending} applications wait at once.`);
      await assertFewToday(tx, applicantId);
      const { city, motivation } = application;
      const created = await tx.officeApplication.create({
        data: {
          ...{ id: applicationIds.create(), applicantId, ...place, city, motivation, createdAt: clock.now() },
        },
      });
      await note(tx, 'officeApplication.made', created);
      const deciderIds = await superiorsOf(tx, created, applicantId, clock.now());
      const data = { ...about(created), deciderIds };
      await outbox.publish(tx, { type: 'office.applied', key: data.userId, data });
      return created;
    });
  }

  async function assertFewToday(tx: Transaction, applicantId: string): Promise<void> {
    const aDayAgo = clock.now().getTime() - dayMs;
    const today = await tx.officeApplication.findMany({
      where: { applicantId, createdAt: { gt: new Date(aDayAgo) } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: mostADay,
    });
    if (today.length === mostADay) throw tooManyToday(today.at(-1)!.createdAt.getTime() - aDayAgo);
  }

  const note = (tx: Transaction, action: string, application: OfficeApplication) =>
    audit.record(tx, {
      action,
      subject: { type: 'OfficeApplication', id: applicationIds.encode(application.id) },
      personId: application.applicantId,
      after: {
        role: application.role,
        countryCode: application.countryCode,
        city: application.city,
        status: application.status,
        officeId: application.officeId && officeIds.encode(application.officeId),
      },
      reason: application.answer,
    });

  async function lock(tx: Transaction, id: string): Promise<OfficeApplication> {
    await tx.$executeRaw`SELECT 1 FROM office_applications WHERE id = ${id}::uuid FOR UPDATE`;
    const application = await tx.officeApplication.findUnique({ where: { id } });
    if (!application) throw noSuchApplication();
    return application;
  }

  /** The locked application, for whoever could appoint to its office. */
  async function lockToDecide(tx: Transaction, deciderId: string, id: string): Promise<OfficeApplication> {
    const decider = await standingOf(tx, deciderId, clock.now());
    const application = await lock(tx, id);
    assertMayAppoint(decider, { ...application, holderId: application.applicantId });
    return application;
  }

  async function settle(
    tx: Transaction,
    { id }: OfficeApplication,
    outcome: Pick<OfficeApplication, 'status'> & Partial<OfficeApplication>,
  ): Promise<OfficeApplication> {
    const data = { ...outcome, decidedAt: clock.now() };
    const settled = await tx.officeApplication.update({ where: { id }, data });
    await note(tx, actions[settled.status], settled);
    return settled;
  }

  /** The appointment is one like any other, in the transaction of the decision. */
  async function approve(deciderId: string, id: string, input: Approval): Promise<OfficeApplication> {
    const { message: answer = null } = parseInput(approval, { message: input.message });
    const { application, epoch } = await db.$transaction(async (tx) => {
      const pending = await lockToDecide(tx, deciderId, id);
      if (isSettledBy(pending, 'APPROVED', deciderId)) return { application: pending, epoch: 0 };
      assertPending(pending);
      const { role, applicantId: holderId, countryCode, city } = pending;
      const term = termOf(input, clock.now());
      const appointed = { role, holderId, countryCode, city, ...term, appointerId: deciderId };
      const { office, epoch: raised } = await offices.begin(tx, appointed);
      const outcome = { status: 'APPROVED' as const, deciderId, answer, officeId: office.id };
      const approved = await settle(tx, pending, outcome);
      await tell(tx, approved);
      return { application: approved, epoch: raised };
    });
    await epochs.announce(application.applicantId, epoch);
    return application;
  }

  async function decline(
    deciderId: string,
    id: string,
    input: { message: string },
  ): Promise<OfficeApplication> {
    const { message: answer } = parseInput(refusal, input);
    return db.$transaction(async (tx) => {
      const pending = await lockToDecide(tx, deciderId, id);
      if (isSettledBy(pending, 'DECLINED', deciderId)) return pending;
      assertPending(pending);
      const declined = await settle(tx, pending, { status: 'DECLINED', deciderId, answer });
      await tell(tx, declined);
      return declined;
    });
  }

  /** What was written to the applicant is not told on: they read it here. */
  async function tell(tx: Transaction, application: OfficeApplication): Promise<void> {
    const { status, deciderId, officeId, decidedAt } = application;
    const data = {
      ...about(application),
      deciderId: userIds.encode(deciderId!),
      isApproved: status === 'APPROVED',
      officeId: officeId && officeIds.encode(officeId),
      decidedAt: decidedAt!.toISOString(),
    };
    await outbox.publish(tx, { type: 'office.applicationDecided', key: data.userId, data });
  }

  const withdraw = (applicantId: string, id: string): Promise<OfficeApplication> =>
    db.$transaction(async (tx) => {
      const application = await lock(tx, id);
      if (application.applicantId !== applicantId) throw noSuchApplication();
      if (application.status === 'WITHDRAWN') return application;
      assertPending(application);
      return settle(tx, application, { status: 'WITHDRAWN' });
    });

  const list = (where: Prisma.OfficeApplicationWhereInput, page: Page): Promise<OfficeApplication[]> =>
    db.officeApplication.findMany({
      where: { AND: [where, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  async function listToDecide(
    deciderId: string,
    status: ApplicationStatus | null,
    page: Page,
  ): Promise<OfficeApplication[]> {
    const decider = await offices.standing(deciderId);
    const countries = decider.offices.map(({ countryCode }) => countryCode);
    const scope = decider.isSuperUser ? {} : { role: 'CONSUL' as const, countryCode: { in: countries } };
    const others = { applicantId: { not: deciderId }, ...(status && { status }) };
    return list({ AND: [scope, others] }, page);
  }

  const listOf = (applicantId: string, page: Page) => list({ applicantId }, page);

  return { apply, approve, decline, withdraw, listToDecide, listOf };
}

const actions = {
  PENDING: 'officeApplication.made',
  APPROVED: 'officeApplication.approved',
  DECLINED: 'officeApplication.declined',
  WITHDRAWN: 'officeApplication.withdrawn',
} as const satisfies Record<ApplicationStatus, string>;

const placeOf = ({ role, countryCode, city }: NewApplication) => ({
  role,
  countryCode,
  cityKey: cityKeyOf(city),
});

const about = ({ id, applicantId, role, countryCode, city }: OfficeApplication) => ({
  applicationId: applicationIds.encode(id),
  userId: userIds.encode(applicantId),
  role,
  countryCode,
  city,
});
