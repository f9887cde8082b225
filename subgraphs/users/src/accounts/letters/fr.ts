import type { Letters } from './letter.js';

export const fr: Letters = {
  verifyEmail: ({ code }) => ({
    subject: `${code} est votre code`,
    text: `Bienvenue ! Votre code est ${code}. Il est valable 30 minutes.`,
  }),
  alreadyRegistered: () => ({
    subject: 'Vous avez déjà un compte',
    text: 'Quelqu’un, sans doute vous, a voulu utiliser cette adresse pour un nouveau compte. Vous en avez déjà un : il suffit de vous connecter.',
  }),
  sessionReplayed: ({ device, at }) => ({
    subject: 'Nous avons déconnecté un de vos appareils',
    text: `Le ${at}, quelqu’un a utilisé une ancienne clé de votre session sur « ${device} ». Elle a peut-être été copiée : nous avons donc mis fin à cette session. Reconnectez-vous sur cet appareil. Si votre liste de sessions montre des appareils que vous ne connaissez pas, changez votre mot de passe.`,
  }),
  resetPassword: ({ code }) => ({
    subject: `${code} est votre code pour un nouveau mot de passe`,
    text: `Votre code est ${code}. Pendant 30 minutes, il permet de choisir un nouveau mot de passe : ne le communiquez à personne. Si vous ne l’avez pas demandé, ne faites rien : votre mot de passe reste le même.`,
  }),
  signInCode: ({ code }) => ({
    subject: `${code} est votre code de connexion`,
    text: `Votre code est ${code}. Pendant 30 minutes, il permet de se connecter à votre compte : ne le communiquez à personne. Si vous ne l’avez pas demandé, ne faites rien.`,
  }),
  passwordChanged: ({ device, at }) => ({
    subject: 'Votre mot de passe a été modifié',
    text: `Le ${at}, votre mot de passe a été modifié depuis « ${device} ». Vos autres appareils ont été déconnectés. Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe en demandant un code à cette adresse.`,
  }),
  newAddress: ({ code }) => ({
    subject: `${code} est votre code`,
    text: `Votre code est ${code}. Il fait de cette adresse votre nouvelle adresse de connexion. Il est valable 30 minutes. Si vous ne l’avez pas demandé, ne faites rien.`,
  }),
  emailChanged: ({ device, at, days, key }) => ({
    subject: 'L’adresse de votre compte a été modifiée',
    text: `Le ${at}, votre compte a reçu une autre adresse, depuis « ${device} ». Si c’était vous, il n’y a rien à faire. Sinon, annulez ce changement dans les ${days} jours avec cette clé :\n\n${key}\n\nTous les appareils seront alors déconnectés et vous choisirez un nouveau mot de passe avec un code envoyé à cette adresse.`,
  }),
  emailChangeUndone: ({ device, at }) => ({
    subject: 'Cette adresse est de nouveau la vôtre',
    text: `Le ${at}, un changement d’adresse a été annulé depuis « ${device} ». Tous les appareils ont été déconnectés et votre mot de passe a été supprimé. Choisissez-en un nouveau en demandant un code à cette adresse.`,
  }),
  phoneCode: ({ code }) => ({
    subject: '',
    text: `${code} est votre code pour confirmer ce numéro de téléphone. Il est valable 30 minutes.`,
  }),
  phoneAdded: ({ device, at }) => ({
    subject: 'Un numéro de téléphone a été ajouté à votre compte',
    text: `Le ${at}, un numéro de téléphone a été ajouté à votre compte depuis « ${device} ». Si ce n’était pas vous, changez votre mot de passe et supprimez ce numéro.`,
  }),
  phoneRemoved: ({ device, at }) => ({
    subject: 'Le numéro de téléphone de votre compte a été supprimé',
    text: `Le ${at}, le numéro de téléphone de votre compte a été supprimé depuis « ${device} ». Si ce n’était pas vous, changez votre mot de passe.`,
  }),
  secondFactorEnabled: ({ device, at }) => ({
    subject: 'La connexion demande maintenant une seconde étape',
    text: `Le ${at}, une application d’authentification a été associée à votre compte depuis « ${device} ». Désormais, la connexion demande aussi son code. Gardez vos codes de secours en lieu sûr. Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe et écrivez-nous.`,
  }),
  secondFactorDisabled: ({ device, at }) => ({
    subject: 'La connexion ne demande plus de seconde étape',
    text: `Le ${at}, l’application d’authentification a été retirée de votre compte depuis « ${device} ». La connexion ne demande plus de second code. Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe.`,
  }),
  recoveryCodesMade: ({ device, at }) => ({
    subject: 'Vous avez de nouveaux codes de secours',
    text: `Le ${at}, de nouveaux codes de secours ont été créés pour votre compte depuis « ${device} ». Les anciens ne servent plus à rien. Si ce n’était pas vous, changez votre mot de passe.`,
  }),
  recoveryCodeUsed: ({ device, at }) => ({
    subject: 'Un code de secours a été utilisé',
    text: `Le ${at}, quelqu’un s’est connecté à votre compte depuis « ${device} » avec un code de secours, qui est maintenant épuisé. Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe et créez de nouveaux codes de secours.`,
  }),
  identityLinked: ({ device, at, provider }) => ({
    subject: `Vous pouvez maintenant vous connecter avec ${provider}`,
    text: `Le ${at}, ${provider} a été associé à votre compte depuis « ${device} » : qui s’y connecte peut se connecter ici. Si ce n’était pas vous, supprimez cette association dans vos réglages et changez votre mot de passe.`,
  }),
  identityUnlinked: ({ device, at, provider }) => ({
    subject: `${provider} n’est plus associé à votre compte`,
    text: `Le ${at}, l’association de votre compte avec ${provider} a été supprimée depuis « ${device} » : il ne permet plus de se connecter. Si ce n’était pas vous, changez votre mot de passe.`,
  }),
  accountSuspended: ({ reason, until }) => ({
    subject: 'Votre compte est suspendu',
    text: `Nous avons suspendu votre compte ${until ? `jusqu’au ${until}` : 'jusqu’à nouvel ordre'} et déconnecté tous vos appareils. Motif : ${reason}\n\nD’ici là, vous ne pouvez pas vous connecter, et les autres ne voient que votre nom. Si vous pensez qu’il s’agit d’une erreur, répondez à ce message.`,
  }),
  suspensionLifted: () => ({
    subject: 'Vous pouvez de nouveau vous connecter',
    text: 'La suspension de votre compte a pris fin. Vous pouvez de nouveau vous connecter, et votre profil est de nouveau visible.',
  }),
  accountTerminated: ({ reason }) => ({
    subject: 'Nous avons fermé votre compte',
    text: `Nous avons fermé définitivement votre compte et déconnecté tous vos appareils. Motif : ${reason}\n\nSi vous pensez qu’il s’agit d’une erreur, ou souhaitez une copie de vos données, répondez à ce message.`,
  }),
  factorResetOpened: ({ reason, due, key }) => ({
    subject: 'La seconde étape de votre connexion va être retirée',
    text: `Une personne a dit à notre équipe qu’elle est vous et qu’elle a perdu l’application d’authentification et les codes de récupération. Le ${due}, la seconde étape de la connexion sera retirée de votre compte et tous les appareils seront déconnectés. Comment notre équipe vous a reconnu : ${reason}\n\nSi c’était vous, attendez ce moment, puis connectez-vous avec votre mot de passe et un code que nous enverrons à cette adresse. Si vous retrouvez d’ici là votre application ou un code de récupération, connectez-vous simplement avec : rien ne sera retiré.\n\nSi ce n’était pas vous, refusez-le maintenant, dans l’application sous la sécurité de votre compte ou avec cette clé, et changez de mot de passe :\n\n${key}`,
  }),
  factorResetText: ({ due, key }) => ({
    subject: '',
    text: `Le ${due}, la seconde étape de la connexion sera retirée de votre compte, car quelqu’un a dit que vous l’avez perdue. Si ce n’était pas vous, refusez-le dans l’application ou avec cette clé : ${key}`,
  }),
  factorResetStopped: () => ({
    subject: 'La seconde étape de votre connexion reste',
    text: 'La seconde étape de la connexion ne sera pas retirée de votre compte : cela a été refusé ou annulé, ou quelque chose a changé entre-temps. Si vous ne pouvez toujours pas vous connecter, écrivez-nous.',
  }),
  factorResetDone: () => ({
    subject: 'La seconde étape de votre connexion a été retirée',
    text: 'L’application d’authentification, les codes de récupération et les appareils de confiance de votre compte ont été retirés, et tous les appareils ont été déconnectés. Votre prochaine connexion demande votre mot de passe et un code que nous enverrons à cette adresse. Configurez ensuite de nouveau une application d’authentification. Si vous ne l’avez pas demandé, connectez-vous maintenant, changez de mot de passe et écrivez-nous.',
  }),
  impersonated: ({ reason, at, until }) => ({
    subject: 'Notre équipe consulte la plateforme à votre place',
    text: `Depuis le ${at}, et jusqu’au ${until} au plus tard, une personne de notre équipe voit la plateforme comme vous la voyez. Motif : ${reason}\n\nElle ne peut rien modifier et ne voit ni vos messages ni ce qui touche à la sécurité de votre compte. Si vous ne vous y attendiez pas, répondez à ce message.`,
  }),
};
