import type { Logger } from '@diaspora/kit/core';
import { GraphQLError, type DocumentNode, type ValidationRule } from 'graphql';
import { aliases } from './aliases.js';
import { depth } from './depth.js';
import { directives } from './directives.js';
import { documentBytes } from './document-bytes.js';
import { height } from './height.js';
import { silentObserver, type LimitObserver } from './observe.js';
import { rootFields } from './root-fields.js';
import type { Limit, LimitSettings } from './settings.js';

export interface LimitRuleParts {
  readonly observe?: Pick<LimitObserver, 'exceeded'>;
  readonly log: Logger;
}

interface DocumentLimit {
  readonly name: string;
  readonly unit: string;
  readonly weigh: (document: DocumentNode) => number;
  readonly limit: Limit;
}

/**
 * The limits of documents as validation rules: one over a limit that is enforced is refused before it is planned,
 * naming limit and excess; where it is only measured, metrics and log are told, once for each document that is read.
 */
export function limitRules(settings: LimitSettings, parts: LimitRuleParts): ValidationRule[] {
  const limits: DocumentLimit[] = [
    {
      name: 'documentBytes',
      unit: 'bytes',
      weigh: documentBytes,
      limit: settings.MAX_DOCUMENT_BYTES,
    },
    { name: 'depth', unit: 'levels of nested fields', weigh: depth, limit: settings.MAX_DEPTH },
    { name: 'height', unit: 'fields', weigh: height, limit: settings.MAX_HEIGHT },
    { name: 'aliases', unit: 'aliases', weigh: aliases, limit: settings.MAX_ALIASES },
    { name: 'rootFields', unit: 'root fields', weigh: rootFields, limit: settings.MAX_ROOT_FIELDS },
    { name: 'directives', unit: 'directives', weigh: directives, limit: settings.MAX_DIRECTIVES },
  ];
  return limits.filter(({ limit }) => limit.mode !== 'off').map((limit) => limitRule(limit, parts));
}

function limitRule(
  { name, unit, weigh, limit: { most: allowed, mode } }: DocumentLimit,
  { observe = silentObserver, log }: LimitRuleParts,
): ValidationRule {
  return (context) => {
    const actual = weigh(context.getDocument());
    if (actual <= allowed || mode === 'off') return {};
    observe.exceeded(name, mode);
    const extensions = { limit: name, allowed, actual };
    if (mode === 'measure') log.info(extensions, 'a document is over a limit that is only measured');
    else {
      const message = `The document exceeds the limit of ${allowed} ${unit}.`;
      context.reportError(new GraphQLError(message, { extensions }));
    }
    return {};
  };
}
