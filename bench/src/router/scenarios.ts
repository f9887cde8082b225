export interface Scenario {
  readonly name: ScenarioName;
  readonly title: string;
  readonly isSharing: boolean;
  readonly isChanging: boolean;
  /** How many visitors take turns, each with an Authorization header of theirs; 0 sends none. */
  readonly visitors: number;
}

export const scenarioNames = ['alone', 'alone-changing', 'shared', 'shared-changing', 'visitors'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export const scenarios: readonly Scenario[] = [
  {
    name: 'alone',
    title: 'nothing is shared between requests',
    isSharing: false,
    isChanging: false,
    visitors: 0,
  },
  {
    name: 'alone-changing',
    title: 'nothing is shared, and data changes with every answer of a subgraph',
    isSharing: false,
    isChanging: true,
    visitors: 0,
  },
  {
    name: 'shared',
    title: 'identical work in flight is shared, by all that can',
    isSharing: true,
    isChanging: false,
    visitors: 0,
  },
  {
    name: 'shared-changing',
    title: 'identical work in flight is shared, and data changes with every answer of a subgraph',
    isSharing: true,
    isChanging: true,
    visitors: 0,
  },
  {
    name: 'visitors',
    title:
      'identical work in flight may be shared; 2,000 visitors take turns, whose Authorization goes to subgraphs',
    isSharing: true,
    isChanging: false,
    visitors: 2_000,
  },
];

/** All of one length, so that answers are. */
export const visitorName = (index: number): string => `visitor-${String(index).padStart(6, '0')}`;
