import { GraphQLError, type DocumentNode, type ValidationRule } from 'graphql';
import { aliases } from './aliases.js';
import { depth } from './depth.js';
import { documentBytes } from './document-bytes.js';
import { rootFields } from './root-fields.js';

export interface Limits {
  readonly documentBytes: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
}

/** The limits as validation rules: a document over one is refused before it is planned, naming limit and excess. */
export const limitRules = (limits: Limits): ValidationRule[] => [
  limitRule('documentBytes', documentBytes, limits.documentBytes),
  limitRule('depth', depth, limits.depth),
  limitRule('aliases', aliases, limits.aliases),
  limitRule('rootFields', rootFields, limits.rootFields),
];

function limitRule(
  name: keyof Limits,
  weigh: (document: DocumentNode) => number,
  allowed: number,
): ValidationRule {
  return (context) => {
    const actual = weigh(context.getDocument());
    if (actual > allowed) {
      const extensions = { limit: name, allowed, actual };
      context.reportError(
        new GraphQLError(`The document exceeds the limit of ${allowed} ${words[name]}.`, { extensions }),
      );
    }
    return {};
  };
}

const words: Record<keyof Limits, string> = {
  documentBytes: 'bytes',
  depth: 'levels of nested fields',
  aliases: 'aliases',
  rootFields: 'root fields',
};
