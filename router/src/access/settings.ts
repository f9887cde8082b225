import { flag, list, url } from '@diaspora/kit/core';
import { z } from 'zod';
import type { ClientClass } from '../context.js';

/**
 * `off`: any document. `log`: any, and the unknown ones are logged. `require`: documents of a manifest only, by id or
 * as their exact text. `enforce`: by id only. Partners get no other than their own manifests in any mode but `off`.
 */
export const documentModes = ['off', 'log', 'require', 'enforce'] as const;
export type DocumentMode = (typeof documentModes)[number];
export type DocumentModes = Readonly<Record<ClientClass, DocumentMode>>;

export const clientClasses = ['anonymous', 'firstParty', 'partner'] as const satisfies readonly ClientClass[];

/** `log` for every class, or `anonymous=log,partner=enforce`: what is not named is off. */
const modesByClass = () =>
  list().transform((words, context): DocumentModes => {
    const modes: Record<ClientClass, DocumentMode> = { anonymous: 'off', firstParty: 'off', partner: 'off' };
    const isMode = (word: string | undefined): word is DocumentMode =>
      documentModes.includes(word as DocumentMode);
    for (const word of words) {
      const [name, mode] = word.includes('=') ? word.split('=') : [undefined, word];
      const classes = clientClasses.filter((known) => name === undefined || name === known);
      if (!isMode(mode) || classes.length === 0) {
        context.addIssue({ code: 'custom', message: `"${word}" must look like enforce or partner=enforce` });
      } else for (const known of classes) modes[known] = mode;
    }
    return modes;
  });

const classes = () => list().pipe(z.array(z.enum(clientClasses, `must be of ${clientClasses.join(', ')}`)));

/** Settings of who may ask what, to be spread into the router's. */
export const accessSettings = {
  JWKS_URL: url('http', 'https')
    .optional()
    .describe('Key set of the issuer of access tokens; without it Authorization is not looked at'),
  JWT_ISSUER: z.string().optional().describe('What `iss` of access tokens must be; wanted with JWKS_URL'),
  JWT_AUDIENCE: z.string().optional().describe('What `aud` of access tokens must hold; wanted with JWKS_URL'),
  API_KEYS: z
    .string()
    .optional()
    .describe("File or folder of JSON with partners' keys; see access/README.md"),
  API_KEYS_URL: url('http', 'https')
    .optional()
    .describe("Where the users service answers for partners' keys that it keeps; wants VIEWER_SECRET"),
  AUTHORIZATION_MODE: z
    .enum(['filter', 'reject'])
    .default('filter')
    .describe('Forbidden fields: null with an error each (filter), or the whole request refused (reject)'),
  PERSISTED_DOCUMENTS: z
    .string()
    .optional()
    .describe('File or folder of manifests of persisted documents; see access/README.md'),
  PERSISTED_DOCUMENTS_MODE: modesByClass()
    .default({ anonymous: 'off', firstParty: 'off', partner: 'off' })
    .describe('off, log, require or enforce; for all, or by class: firstParty=log,partner=enforce'),
  APQ: classes()
    .default(['anonymous', 'firstParty'])
    .describe('Classes of clients whose queries may be persisted automatically'),
  APQ_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(10_000_000)
    .describe('Memory for automatically persisted queries, for each class'),
  APQ_REDIS: flag().default(false).describe('Share automatically persisted queries through Redis'),
};

export type AccessSettings = z.output<z.ZodObject<typeof accessSettings>>;

/** Whether there are keys, which may bring limits of their own. */
export const hasPartners = ({
  API_KEYS: files,
  API_KEYS_URL: remote,
}: Pick<AccessSettings, 'API_KEYS' | 'API_KEYS_URL'>): boolean => files !== undefined || remote !== undefined;
