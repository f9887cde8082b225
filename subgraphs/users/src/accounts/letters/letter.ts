/** What a mail says, without its reader. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** What people are told of by mail, and what each mail needs to know. */
export interface LetterFacts {
  verifyEmail: { code: string };
  alreadyRegistered: object;
  resetPassword: { code: string };
  signInCode: { code: string };
  sessionReplayed: { device: string; at: string };
  passwordChanged: { device: string; at: string };
  newAddress: { code: string };
  /** To the old address. The key takes the change back. */
  emailChanged: { device: string; at: string; days: number; key: string };
  emailChangeUndone: { device: string; at: string };
  /** A text message: without a subject. */
  phoneCode: { code: string };
  phoneAdded: { device: string; at: string };
  phoneRemoved: { device: string; at: string };
  secondFactorEnabled: { device: string; at: string };
  secondFactorDisabled: { device: string; at: string };
  recoveryCodesMade: { device: string; at: string };
  recoveryCodeUsed: { device: string; at: string };
  identityLinked: { device: string; at: string; provider: string };
  identityUnlinked: { device: string; at: string; provider: string };
  accountSuspended: { reason: string; until: string | null };
  suspensionLifted: object;
  accountTerminated: { reason: string };
  /** The key refuses it. */
  factorResetOpened: { reason: string; due: string; key: string };
  /** A text message: without a subject. */
  factorResetText: { due: string; key: string };
  factorResetStopped: object;
  factorResetDone: object;
  impersonated: { reason: string; at: string; until: string };
}

export type LetterKind = keyof LetterFacts;

/** All letters in one language. `at` is written out in that language, `device` is in English as devices call themselves. */
export type Letters = { readonly [Kind in LetterKind]: (facts: LetterFacts[Kind]) => Letter };
