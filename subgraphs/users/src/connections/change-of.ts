import { changing } from '../changing.js';
import { userIds } from '../ids.js';
import type { Change } from './rules.js';

interface Input {
  readonly userId: string;
}

/** The resolver of a mutation by which the viewer changes what there is between them and a person, as the input says. */
export const changeBy = <Given extends Input>(changeFor: (input: Given) => Change) =>
  changing(async (input: Given, { viewer, services, loaders }) => {
    const otherId = userIds.decode(input.userId);
    await services.connections.change(viewer!.id, otherId, changeFor(input));
    loaders.profile.clear(otherId);
    return { user: await loaders.profile.load(otherId) };
  });

/** The same where there is nothing else to say. */
export const changeOf = (change: Change) => changeBy<Input>(() => change);
