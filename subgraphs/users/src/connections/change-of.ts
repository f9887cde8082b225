import { changing } from '../changing.js';
import type { Context } from '../context.js';
import { userIds } from '../ids.js';
import type { Change } from './rules.js';

interface Input {
  readonly userId: string;
}

interface People {
  readonly personId: string;
  readonly otherId: string;
}

/** The resolver of a mutation by which the viewer changes what there is between them and a person, as the input says. */
export const changeBy = <Given extends Input>(
  act: (services: Context['services'], people: People, input: Given) => Promise<void>,
) =>
  changing(async (input: Given, { viewer, services, loaders }) => {
    const otherId = userIds.decode(input.userId);
    await act(services, { personId: viewer!.id, otherId }, input);
    loaders.profile.clear(otherId);
    return { user: await loaders.profile.load(otherId) };
  });

/** The same where there is nothing else to say. */
export const changeOf = (change: Change) =>
  changeBy<Input>(({ connections }, { personId, otherId }) => connections.change(personId, otherId, change));
