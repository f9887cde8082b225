import { AppError, parseInput } from '@diaspora/kit';
import { z } from 'zod';
import type { SignedIn, SignInCompletion } from './sign-in.js';

/**
 * What a door answers: the session, or MFA_REQUIRED with the challenge beside it, so that nobody takes half a sign-in for
 * a whole one.
 */
export function answerSignIn(outcome: SignedIn): SignedIn {
  const { challenge } = outcome;
  if (!challenge) return outcome;
  const message = challenge.isCodeMailed
    ? 'Enter the code that was mailed to you.'
    : 'Enter the code of your authenticator app, or a recovery code.';
  throw new AppError('MFA_REQUIRED', message, { payload: { challenge } });
}

const completion = z
  .object({ challenge: z.string(), code: z.string().nullish(), recoveryCode: z.string().nullish() })
  .refine(({ code, recoveryCode }) => (code == null) !== (recoveryCode == null), {
    message: 'Enter either the code of the authenticator app or a recovery code.',
    path: ['code'],
  });

export function readCompletion(
  input: z.input<typeof completion> & { trustDevice?: boolean | null },
): SignInCompletion {
  const { challenge, code, recoveryCode } = parseInput(completion, input);
  const proof = code == null ? { recoveryCode: recoveryCode! } : { code };
  return { challenge, proof, trustDevice: input.trustDevice ?? false };
}
