import type { Letters } from './letter.js';

export const en: Letters = {
  verifyEmail: ({ code }) => ({
    subject: `${code} is your code`,
    text: `Welcome! Your code is ${code}. It is good for 30 minutes.`,
  }),
  alreadyRegistered: () => ({
    subject: 'You already have an account',
    text: 'Somebody, probably you, tried to use this address for a new account. You already have one: just sign in.',
  }),
  sessionReplayed: ({ device, at }) => ({
    subject: 'We signed one of your devices out',
    text: `On ${at}, somebody used an old key of your session on "${device}". It may have been copied, so we ended that session. Sign in again there. If you see devices in your list of sessions that you do not know, change your password.`,
  }),
  resetPassword: ({ code }) => ({
    subject: `${code} is your code for a new password`,
    text: `Your code is ${code}. Whoever has it can set a new password for 30 minutes, so tell it to nobody. If you did not ask for it, do nothing: your password stays as it is.`,
  }),
  signInCode: ({ code }) => ({
    subject: `${code} is your code to sign in`,
    text: `Your code is ${code}. Whoever has it can sign in to your account for 30 minutes, so tell it to nobody. If you did not ask for it, do nothing.`,
  }),
  passwordChanged: ({ device, at }) => ({
    subject: 'Your password was changed',
    text: `On ${at}, your password was changed from "${device}". Your other devices were signed out. If that was not you, set a new password at once by asking for a code to this address.`,
  }),
  newAddress: ({ code }) => ({
    subject: `${code} is your code`,
    text: `Your code is ${code}. It makes this your new address for signing in. It is good for 30 minutes. If you did not ask for it, do nothing.`,
  }),
  emailChanged: ({ device, at, days, key }) => ({
    subject: 'The address of your account was changed',
    text: `On ${at}, your account got another address, from "${device}". If that was you, there is nothing to do. If not, take it back within ${days} days with this key:\n\n${key}\n\nAll devices are signed out then, and you set a new password with a code to this address.`,
  }),
  emailChangeUndone: ({ device, at }) => ({
    subject: 'This is your address again',
    text: `On ${at}, a change of your address was taken back from "${device}". All devices were signed out and your password was removed. Set a new one by asking for a code to this address.`,
  }),
  phoneCode: ({ code }) => ({
    subject: '',
    text: `${code} is your code to confirm this telephone number. It is good for 30 minutes.`,
  }),
  phoneAdded: ({ device, at }) => ({
    subject: 'A telephone number was added to your account',
    text: `On ${at}, a telephone number was added to your account from "${device}". If that was not you, change your password and remove the number.`,
  }),
  phoneRemoved: ({ device, at }) => ({
    subject: 'The telephone number was removed from your account',
    text: `On ${at}, the telephone number of your account was removed from "${device}". If that was not you, change your password.`,
  }),
  secondFactorEnabled: ({ device, at }) => ({
    subject: 'Signing in now takes a second step',
    text: `On ${at}, an authenticator app was set up for your account from "${device}". From now on signing in takes its code, too. Keep your recovery codes in a safe place. If that was not you, set a new password at once and write to us.`,
  }),
  secondFactorDisabled: ({ device, at }) => ({
    subject: 'Signing in no longer takes a second step',
    text: `On ${at}, the authenticator app was removed from your account from "${device}". Signing in takes no second code any more. If that was not you, set a new password at once.`,
  }),
  recoveryCodesMade: ({ device, at }) => ({
    subject: 'You have new recovery codes',
    text: `On ${at}, new recovery codes were made for your account from "${device}". The old ones are good for nothing any more. If that was not you, change your password.`,
  }),
  recoveryCodeUsed: ({ device, at }) => ({
    subject: 'A recovery code was used',
    text: `On ${at}, somebody signed in to your account from "${device}" with a recovery code. It is spent now. If that was not you, set a new password at once and make new recovery codes.`,
  }),
  identityLinked: ({ device, at, provider }) => ({
    subject: `You can now sign in with ${provider}`,
    text: `On ${at}, ${provider} was linked to your account from "${device}": whoever signs in there can sign in here. If that was not you, unlink it in your settings and change your password.`,
  }),
  identityUnlinked: ({ device, at, provider }) => ({
    subject: `${provider} is no longer linked to your account`,
    text: `On ${at}, ${provider} was unlinked from your account from "${device}": it can no longer be used to sign in. If that was not you, change your password.`,
  }),
  accountSuspended: ({ reason, until }) => ({
    subject: 'Your account is suspended',
    text: `We have suspended your account ${until ? `until ${until}` : 'until further notice'} and signed out all your devices. The reason: ${reason}\n\nUntil then you cannot sign in, and others see no more than your name. If you think that this is a mistake, answer this mail.`,
  }),
  suspensionLifted: () => ({
    subject: 'You may sign in again',
    text: 'The suspension of your account has ended. You may sign in again, and others see your profile again.',
  }),
  accountTerminated: ({ reason }) => ({
    subject: 'We have closed your account',
    text: `We have closed your account for good and signed out all your devices. The reason: ${reason}\n\nIf you think that this is a mistake, or want a copy of your data, answer this mail.`,
  }),
  factorResetOpened: ({ reason, due, key }) => ({
    subject: 'The second step of your sign-in is to be removed',
    text: `Somebody told our team that they are you and have lost the authenticator app and the recovery codes. On ${due}, the second step of signing in will be removed from your account, and all devices will be signed out. How our team recognized you: ${reason}\n\nIf that was you, wait until then and sign in with your password and a code that we mail to this address. If you find your app or a recovery code before, just sign in with it: nothing will be removed then.\n\nIf that was not you, refuse it now, in the application under the security of your account or with this key, and change your password:\n\n${key}`,
  }),
  factorResetText: ({ due, key }) => ({
    subject: '',
    text: `On ${due}, the second step of signing in will be removed from your account, because somebody said that you lost it. If that was not you, refuse it in the application or with this key: ${key}`,
  }),
  factorResetStopped: () => ({
    subject: 'The second step of your sign-in stays',
    text: 'The second step of signing in will not be removed from your account: that was refused or taken back, or something changed meanwhile. If you still cannot sign in, write to us.',
  }),
  factorResetDone: () => ({
    subject: 'The second step of your sign-in was removed',
    text: 'The authenticator app, the recovery codes and the trusted devices of your account were removed, and all devices were signed out. Your next sign-in takes your password and a code that we mail to this address. Set up an authenticator app again after it. If you did not ask for this, sign in now, change your password and write to us.',
  }),
  impersonated: ({ reason, at, until }) => ({
    subject: 'Our team looks at the platform as you',
    text: `Since ${at}, and until ${until} at the latest, somebody of our team sees the platform as you see it. The reason: ${reason}\n\nThey cannot change anything, and see neither your messages nor what concerns the safety of your account. If you did not expect this, answer this mail.`,
  }),
};
