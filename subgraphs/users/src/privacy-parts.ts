import {
  createPersonalData,
  onJob,
  personalDataAnswers,
  messagesFrom,
  type MessageHandler,
  type PersonalDataAnswers,
} from '@diaspora/kit';
import type { Auditing } from './audit/index.js';
import type { Transaction } from './database.js';
import type { Foundation } from './dependencies.js';
import { userIds } from './ids.js';
import { advanceErasures, assembleDataExport, mailAboutPrivacy } from './jobs.js';
import type { Offices } from './offices/index.js';
import type { OrganizationMembers } from './organization-members/index.js';
import { createUsersPersonalData } from './personal-data/index.js';
import {
  createAdvancing,
  createDataExports,
  createErasures,
  createPrivacyMails,
  privacySlice,
  type DataExports,
  type Erasures,
} from './privacy/index.js';
import type { ProvePassword } from './accounts/index.js';
import type { Sessions } from './sessions/index.js';
import { sources } from './sources.js';

interface Dependencies extends Foundation {
  readonly provePassword: ProvePassword;
  readonly sessions: Pick<Sessions, 'endAll'>;
  readonly offices: Pick<Offices, 'endAllOf'>;
  readonly organizationMembers: Pick<OrganizationMembers, 'forgetPerson'>;
  readonly eraseAuditDetails: Auditing['eraseAuditDetails'];
}

export type PrivacyParts = ReturnType<typeof composePrivacy>;

/** What people are given of their data and how it is taken away, put together: the asking and this subgraph's answer. */
export function composePrivacy({ config, ...dependencies }: Dependencies) {
  const { db, clock, mailer, privateStore: store } = dependencies;
  const dataExports = createDataExports({ ...dependencies, exportDays: config.DATA_EXPORT_DAYS });
  const erasures = createErasures({ ...dependencies, erasureDays: config.ERASURE_DAYS });
  const advancing = createAdvancing(dependencies);
  const services = { dataExports, erasures };
  const own = createPersonalData({
    source: 'users',
    requestedBy: 'users',
    personIds: userIds,
    ...{ db, clock, store },
    personalData: createUsersPersonalData(dependencies),
  });
  return {
    services,
    slices: [privacySlice],
    handlers: [...own.handlers, ...answerHandlers(services)],
    jobs: {
      ...own.jobs,
      ...onJob(assembleDataExport, dataExports.assemble),
      ...onJob(advanceErasures, (_payload, { log }) => advancing.advance(log)),
      ...onJob(mailAboutPrivacy, createPrivacyMails({ db, mailer })),
    },
    crontab: [`*/10 * * * * ${advanceErasures.name}`],
    /** Each night. */
    forget: dataExports.forget,
  };
}

/** What every subgraph answers, this one included. */
const answerHandlers = ({
  dataExports,
  erasures,
}: {
  readonly dataExports: DataExports;
  readonly erasures: Erasures;
}): MessageHandler<Transaction>[] =>
  sources.flatMap((source) => {
    const { types } = personalDataAnswers(source);
    const answers = messagesFrom<PersonalDataAnswers, Transaction>(source);
    return [
      answers.on('privacy.exportPart', types['privacy.exportPart'].schema, dataExports.receivePart),
      answers.on('privacy.erased', types['privacy.erased'].schema, erasures.receivePart),
    ];
  });
