import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { audited as content } from '@diaspora/content/audited';
import { audited as events } from '@diaspora/events/audited';
import type { AuditDecision } from '@diaspora/kit';
import { audited as messaging } from '@diaspora/messaging/audited';
import { audited as payments } from '@diaspora/payments/audited';
import { audited as users } from '@diaspora/users/audited';
import { buildSchema } from 'graphql';

const root = path.resolve(import.meta.dirname, '../..');
const decided: Record<string, Readonly<Record<string, AuditDecision>>> = {
  content,
  events,
  messaging,
  payments,
  users,
};
const decisions = Object.entries(decided).flatMap(([subgraph, each]) =>
  Object.entries(each).map(([mutation, decision]) => ({ subgraph, mutation, decision })),
);
const isUnaudited = (decision: AuditDecision): decision is { readonly notAudited: string } =>
  typeof decision === 'object' && 'notAudited' in decision;
const actionsOf = (decision: AuditDecision): readonly string[] =>
  isUnaudited(decision) ? [] : [decision].flat();

/** What a subgraph runs, tests and the decisions themselves apart. */
const sourcesOf = (subgraph: string): string =>
  readdirSync(path.join(root, 'subgraphs', subgraph, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test|audited)\.ts$/.test(file) && !/__generated__|testing/.test(file))
    .map((file) => readFileSync(path.join(root, 'subgraphs', subgraph, 'src', file), 'utf8'))
    .join('\n');

describe('the audit trail of the whole API', () => {
  it('is decided on for each mutation, once', () => {
    const api = buildSchema(readFileSync(path.join(root, 'schema/api.graphql'), 'utf8'));
    const mutations = Object.keys(api.getMutationType()!.getFields());
    expect(decisions.map(({ mutation }) => mutation).sort()).toEqual(mutations.sort());
  });

  it('is left out of for a reason only', () => {
    const bare = decisions.filter(
      ({ decision }) => isUnaudited(decision) && !/\w+ \w+/.test(decision.notAudited),
    );
    expect(bare).toEqual([]);
  });

  it.each(Object.keys(decided))('is written by %s as it was decided', (subgraph) => {
    const sources = sourcesOf(subgraph);
    const actions = Object.values(decided[subgraph]!).flatMap(actionsOf);
    expect(actions.filter((action) => !sources.includes(`'${action}'`))).toEqual([]);
  });
});
