import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold no secrets, and no more about people than where to write. */
export const mailAboutAccount = defineJob('mailAboutAccount', z.object({ emailKey: z.string() }));
/** A code to a proved address. It is drawn when the mail is written. */
export const mailCode = defineJob(
  'mailCode',
  z.object({ emailKey: z.string(), purpose: z.enum(['reset-password', 'sign-in', 'second-factor']) }),
);
/** A code to an address that an account is to have. */
export const mailNewAddress = defineJob(
  'mailNewAddress',
  z.object({ accountId: z.uuid(), email: z.string() }),
);
/** A notice to the address that an account had. */
export const noticeEmailChange = defineJob('noticeEmailChange', z.object({ emailChangeId: z.uuid() }));
/** A notice about the security of an account. `device` and `provider` in words, `at` in ISO 8601. */
export const noticeAccount = defineJob(
  'noticeAccount',
  z.object({
    accountId: z.uuid(),
    kind: z.enum([
      'sessionReplayed',
      'passwordChanged',
      'emailChangeUndone',
      'phoneAdded',
      'phoneRemoved',
      'secondFactorEnabled',
      'secondFactorDisabled',
      'recoveryCodesMade',
      'recoveryCodeUsed',
      'identityLinked',
      'identityUnlinked',
    ]),
    device: z.string(),
    at: z.iso.datetime(),
    provider: z.string().optional(),
  }),
);
export const announceRevocation = defineJob('announceRevocation', z.object({ sessionId: z.uuid() }));
export const mailAboutPrivacy = defineJob(
  'mailAboutPrivacy',
  z.object({
    kind: z.enum([
      'dataExportReady',
      'erasureRequested',
      'erasureCancelled',
      'erasureNear',
      'erasureRefused',
      'erasureCompleted',
    ]),
    /** Of the export or of the erasure. */
    id: z.uuid(),
  }),
);
export const assembleDataExport = defineJob('assembleDataExport', z.object({ exportId: z.uuid() }));
/** What time does to erasures: reminders, beginnings, questions asked again. */
export const advanceErasures = defineJob('advanceErasures', z.object({}));
export const announceServiceEpoch = defineJob(
  'announceServiceEpoch',
  z.object({ serviceAccountId: z.uuid() }),
);
export const rotateSigningKeys = defineJob('rotateSigningKeys', z.object({}));
export const beginOffice = defineJob('beginOffice', z.object({ officeId: z.uuid() }));
/** `endsAt`: the end that the job was added for. */
export const endLapsedOffice = defineJob(
  'endLapsedOffice',
  z.object({ officeId: z.uuid(), endsAt: z.iso.datetime().optional() }),
);
/** `endsAt`: the end that it warns of. */
export const warnOfMandate = defineJob(
  'warnOfMandate',
  z.object({ officeId: z.uuid(), endsAt: z.iso.datetime() }),
);
export const forgetOutlived = defineJob('forgetOutlived', z.object({}));
/** Of a member who is one no more; `byId` took them out. */
export const releaseCustomers = defineJob(
  'releaseCustomers',
  z.object({ organizationId: z.uuid(), userId: z.uuid(), byId: z.uuid() }),
);
export const mailOrganizationInvitation = defineJob(
  'mailOrganizationInvitation',
  z.object({ invitationId: z.uuid() }),
);
