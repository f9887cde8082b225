import { z } from 'zod';

const whole = (least: number, fallback: number) => z.coerce.number().int().min(least).default(fallback);

/** Settings of planning, to be spread into the router's. */
export const planningSettings = {
  PLAN_TIMEOUT_MS: whole(1, 5_000).describe('To plan one operation; one that takes longer is refused'),
  PLAN_MEMORY_MB: whole(64, 512).describe(
    'Heap of a planning process; an operation that wants more is refused',
  ),
  PLAN_PROCESSES: whole(1, 2).describe(
    'Planning processes at once; they run only while there is something to plan',
  ),
};

export type PlanningSettings = z.output<z.ZodObject<typeof planningSettings>>;
