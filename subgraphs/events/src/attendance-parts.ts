import {
  onJob,
  type Audit,
  type Clock,
  type Mailer,
  type Outbox,
  type SigningKeys,
  type Viewer,
} from '@diaspora/kit';
import { approvalSlice, createApproval, type Approval } from './approval/index.js';
import {
  checkInSlice,
  createCheckIn,
  createCheckInLists,
  createCheckInLoaders,
  createStewards,
  registrationSource,
  type AdmissionSource,
  type CheckInLists,
  type CheckInLoaders,
  type CheckInService,
  type Stewards,
} from './check-in/index.js';
import {
  checkInCodesSlice,
  createCheckInKeys,
  createCodes,
  mountCheckInKeys,
  type Codes,
} from './check-in-codes/index.js';
import type { EventsConfig } from './config.js';
import type { Db, Transaction } from './database.js';
import {
  createInvitationLoaders,
  createInvitations,
  invitationsSlice,
  type InvitationLoaders,
  type Invitations,
} from './invitations/index.js';
import {
  expireInvitation,
  mailInvitation,
  passOnOffers,
  remindDueEvents,
  remindParticipants,
  rotateCheckInKeys,
} from './jobs.js';
import type { EventsMessages } from './messages.js';
import {
  createAdmission,
  createParticipation,
  createParticipationLoaders,
  createTransitions,
  participationSlice,
  type Participation,
  type ParticipationLoaders,
} from './participation/index.js';
import { peopleHandlers } from './people.js';
import type { Places } from './places/index.js';
import {
  createRegistrationForm,
  createRegistrationFormLoaders,
  registrationFormSlice,
  type RegistrationForm,
  type RegistrationFormLoaders,
} from './registration-form/index.js';
import { createReminders } from './reminders/index.js';
import {
  createOffers,
  createWaitlist,
  createWaitlistLoaders,
  waitlistSlice,
  type Waitlist,
  type WaitlistLoaders,
} from './waitlist/index.js';

export interface AttendanceServices {
  readonly participation: Participation;
  readonly registrationForm: RegistrationForm;
  readonly approval: Approval;
  readonly invitations: Invitations;
  readonly waitlist: Waitlist;
  readonly checkInKeys: SigningKeys;
  readonly codes: Codes;
  readonly stewards: Stewards;
  readonly checkInLists: CheckInLists;
  readonly checkIn: CheckInService;
}

export type AttendanceLoaders = ParticipationLoaders &
  RegistrationFormLoaders &
  InvitationLoaders &
  WaitlistLoaders &
  CheckInLoaders;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
  readonly places: Places;
  readonly mailer: Mailer;
  readonly config: Pick<EventsConfig, 'SEALING_SECRET'>;
  /** What lets people in beside registrations. */
  readonly sources: readonly AdmissionSource[];
  readonly onLateScans: (tx: Transaction, eventId: string) => Promise<void>;
}

/** How people come to take part in events, from the first word to the door, put together. */
export function composeAttendance({ config, onLateScans, ...dependencies }: Dependencies) {
  const { db, clock } = dependencies;
  const sources = [registrationSource, ...dependencies.sources];
  const transitions = createTransitions(dependencies);
  const offers = createOffers(dependencies);
  dependencies.places.onFreed(offers.offerNext);
  const checkInKeys = createCheckInKeys({ db, clock, secret: config.SEALING_SECRET });
  const codes = createCodes(checkInKeys);
  const invitations = createInvitations({ ...dependencies, secret: config.SEALING_SECRET });
  const reminders = createReminders(dependencies);
  const services: AttendanceServices = {
    participation: createParticipation({ ...dependencies, transitions, queue: offers }),
    registrationForm: createRegistrationForm(dependencies),
    approval: createApproval({ ...dependencies, transitions }),
    invitations,
    waitlist: createWaitlist({ ...dependencies, offers }),
    checkInKeys,
    codes,
    stewards: createStewards(dependencies),
    checkInLists: createCheckInLists(dependencies),
    checkIn: createCheckIn({ ...dependencies, codes, sources, onLateScans }),
  };
  return {
    services,
    transitions,
    queue: offers,
    /** For tickets: whoever holds one takes part. */
    admission: createAdmission(transitions),
    slices: [
      participationSlice,
      registrationFormSlice,
      approvalSlice,
      invitationsSlice,
      waitlistSlice,
      checkInCodesSlice,
      checkInSlice,
    ],
    createLoaders: (viewer: Viewer | null): AttendanceLoaders => ({
      ...createParticipationLoaders(db, clock, viewer),
      ...createRegistrationFormLoaders(db),
      ...createInvitationLoaders(db, viewer),
      ...createWaitlistLoaders(db, viewer),
      ...createCheckInLoaders(db, viewer, sources),
    }),
    handlers: peopleHandlers,
    jobs: {
      ...onJob(rotateCheckInKeys, checkInKeys.rotate),
      ...onJob(mailInvitation, ({ invitationId }) => invitations.mail(invitationId)),
      ...onJob(expireInvitation, ({ invitationId }) => invitations.expire(invitationId)),
      ...onJob(remindDueEvents, reminders.remindDue),
      ...onJob(remindParticipants, reminders.remind),
      ...onJob(passOnOffers, ({ eventId }) => offers.passOn(eventId)),
    },
    routes: mountCheckInKeys(checkInKeys),
  };
}
