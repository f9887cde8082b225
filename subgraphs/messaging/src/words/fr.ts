import type { Words } from './words.js';

export const fr: Words = {
  direction: 'ltr',
  somebody: 'Quelqu’un',
  anEvent: 'un événement',
  sentences: {
    POST_COMMENTED: ({ actor }) => `${actor} a commenté votre publication`,
    POST_REACTED: ({ actor }) => `${actor} aime votre publication`,
    OFFICE_APPOINTED: ({ actor }) => `${actor} vous a confié une fonction`,
    OFFICE_ENDED: () => 'Votre fonction a pris fin',
    OFFICE_NEEDS_CONFIRMATION: () => 'Un consul attend votre confirmation',
    OFFICE_APPLIED: ({ actor }) => `${actor} se porte candidat à une fonction`,
    OFFICE_APPLICATION_DECIDED: () => 'Votre candidature à une fonction a reçu une réponse',
    FRIEND_REQUESTED: ({ actor }) => `${actor} souhaite devenir votre ami`,
    FRIEND_ACCEPTED: ({ actor }) => `${actor} est désormais votre ami`,
    FOLLOWED: ({ actor }) => `${actor} vous suit`,
    REGISTRATION_CONFIRMED: ({ event }) => `Vous avez une place : ${event}`,
    REGISTRATION_REQUESTED: ({ actor, event }) => `${actor} demande une place : ${event}`,
    REGISTRATION_DECLINED: ({ event }) => `Votre inscription a été refusée : ${event}`,
    WAITLIST_OFFERED: ({ event }) => `Une place vous est réservée : ${event}`,
    EVENT_INVITED: ({ actor, event }) => `${actor} vous invite : ${event}`,
    EVENT_REMINDER: ({ event }) => `Bientôt : ${event}`,
    SUBSCRIPTION_ACTIVATED: () => 'Votre formule est active',
    SUBSCRIPTION_PAST_DUE: () => 'Votre formule n’a pas pu être renouvelée ; nous réessaierons',
    SUBSCRIPTION_UNPAID: () => 'Votre formule a pris fin, faute de paiement',
    ACCOUNT_LOOKED_AT: () => 'Notre équipe consulte la plateforme à votre place',
    FACTOR_RESET_OPENED: () =>
      'La seconde étape de votre connexion va être retirée : refusez-le si ce n’était pas vous',
    OFFICE_EXTENDED: () => 'La durée de votre fonction a changé',
    OFFICE_CONFIRMED: () => 'Votre fonction a été confirmée',
    OFFICE_REVIEWED: ({ actor }) => `${actor} a donné un avis sur l’exercice de votre fonction`,
    MANDATE_AT_RISK: () => 'Votre mandat se termine bientôt et il manque des événements',
    CONSUL_MANDATE_AT_RISK: ({ actor }) =>
      `Le mandat de ${actor} se termine bientôt et il manque des événements`,
    SUPER_USER_PROPOSED: ({ actor }) => `${actor} propose un changement parmi les super-utilisateurs`,
    SUPER_USER_CHANGED: () => 'Vos droits de super-utilisateur ont changé',
    EVENT_OWNER_CHANGED: () => 'Votre droit de vendre des billets a changé',
    SESSION_COPIED: () => 'Nous avons déconnecté un de vos appareils, car sa clé avait été copiée',
    EVENT_CHANGED: ({ event }) => `Nouvelle date ou nouveau lieu : ${event}`,
    EVENT_CANCELLED: ({ event }) => `Annulé : ${event}`,
    CO_HOST_INVITED: ({ actor, event }) => `${actor} vous propose d’organiser ensemble : ${event}`,
    CALENDAR_DISCONNECTED: () => 'Votre calendrier n’est plus synchronisé ; reconnectez-le',
    TICKET_ISSUED: ({ event }) => `Vos billets sont là : ${event}`,
    TICKET_REFUNDED: ({ event }) => `Vos billets ont été rendus : ${event}`,
    TICKET_OFFERED: ({ actor, event }) => `${actor} vous propose un billet : ${event}`,
    PAYMENT_FAILED: () => 'Votre paiement a été refusé',
    PAYMENT_REFUNDED: () => 'Vous êtes remboursé',
    INVOICE_ISSUED: () => 'Vous avez une nouvelle facture',
    SCHEDULED_MESSAGE_FAILED: () => 'Un de vos messages n’a pas pu être envoyé à l’heure prévue',
    WEBHOOK_DISABLED: () => 'Le webhook d’un partenaire ne reçoit plus rien et a été désactivé',
    MESSAGES_MISSED: ({ actor }) => `${actor} vous a écrit`,
    MESSAGE_REQUESTED: ({ actor }) => `${actor} souhaite vous écrire`,
    MEMBERSHIP_ANNIVERSARY: ({ years }) =>
      years === 1 ? 'Vous êtes des nôtres depuis un an' : `Vous êtes des nôtres depuis ${years} ans`,
    MENTIONED: ({ actor }) => `${actor} vous a mentionné`,
    GROUP_ADDED: ({ actor }) => `${actor} vous a ajouté à un groupe`,
    GROUP_JOIN_REQUESTED: ({ actor }) => `${actor} demande à rejoindre votre groupe`,
    GROUP_JOIN_APPROVED: () => 'Vous faites désormais partie du groupe que vous vouliez rejoindre',
    GROUP_JOIN_DECLINED: () => 'Votre demande pour rejoindre un groupe a été refusée',
    SERIES_PAUSED: () =>
      'Une de vos séries est en pause, car la fonction ou la formule qu’elle demande a pris fin : ses événements déjà créés restent, et elle reprendra avec la prochaine',
  },
  inGroup: (sentence, group) => `${sentence} : ${group}`,
  digest: (count) => (count === 1 ? 'Une nouvelle pour vous' : `${count} nouvelles pour vous`),
  open: 'Voir',
  unsubscribe: 'Ne plus recevoir ce type de messages',
  unsubscribeAll: 'Ne plus recevoir ces messages',
  page: {
    title: 'Nos messages',
    question: (all) =>
      all
        ? 'Ne plus vous envoyer de messages sur les nouveautés ?'
        : 'Ne plus vous envoyer ce type de messages ?',
    button: 'Ne plus recevoir',
    done: (all) =>
      all
        ? 'Nous ne vous enverrons plus de messages sur les nouveautés.'
        : 'Nous ne vous enverrons plus ce type de messages.',
    unknown: 'Ce lien n’est pas le nôtre, ou il est incomplet.',
  },
  chatCode: (code) =>
    `Votre code pour recevoir ici vos notifications est ${code}. Si vous ne l’avez pas demandé, ne faites rien.`,
};
