import { minuteMs } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import type { PaymentProvider } from '../providers/index.js';

/** How much later than it happened a thing may appear in a provider's list of events. */
const lateMs = 10 * minuteMs;

/**
 * Whether something may be asked for once more under its key. A provider forgets keys, and would do it again under one it
 * forgot. What it did it has told by then: once its list has been read from after that time on (`providers` are swept every
 * five minutes) and says nothing, it never was done, and is not any more.
 */
export async function mayStillAsk(
  tx: Transaction,
  { name, keysLastMs }: Pick<PaymentProvider, 'name' | 'keysLastMs'>,
  askedAt: Date | null,
  now: Date,
): Promise<'NOW' | 'LATER' | 'NEVER'> {
  const askedMs = askedAt?.getTime() ?? now.getTime();
  if (now.getTime() < askedMs + keysLastMs) return 'NOW';
  const sweep = await tx.providerSweep.findUnique({ where: { provider: name } });
  return sweep && sweep.sweptUntil.getTime() > askedMs + keysLastMs + lateMs ? 'NEVER' : 'LATER';
}
