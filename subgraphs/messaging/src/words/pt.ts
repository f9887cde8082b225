import type { Words } from './words.js';

export const pt: Words = {
  direction: 'ltr',
  somebody: 'Alguém',
  anEvent: 'um evento',
  sentences: {
    POST_COMMENTED: ({ actor }) => `${actor} comentou a sua publicação`,
    POST_REACTED: ({ actor }) => `${actor} gostou da sua publicação`,
    OFFICE_APPOINTED: ({ actor }) => `${actor} nomeou você para um cargo`,
    OFFICE_ENDED: () => 'O seu cargo terminou',
    OFFICE_NEEDS_CONFIRMATION: () => 'Um cônsul espera a sua confirmação',
    OFFICE_APPLIED: ({ actor }) => `${actor} candidatou-se a um cargo`,
    OFFICE_APPLICATION_DECIDED: () => 'A sua candidatura a um cargo foi decidida',
    FRIEND_REQUESTED: ({ actor }) => `${actor} quer ser seu amigo`,
    FRIEND_ACCEPTED: ({ actor }) => `${actor} aceitou a sua amizade`,
    FOLLOWED: ({ actor }) => `${actor} segue você`,
    REGISTRATION_CONFIRMED: ({ event }) => `O seu lugar está garantido: ${event}`,
    REGISTRATION_REQUESTED: ({ actor, event }) => `${actor} pede um lugar: ${event}`,
    REGISTRATION_DECLINED: ({ event }) => `A sua inscrição foi recusada: ${event}`,
    WAITLIST_OFFERED: ({ event }) => `Há um lugar reservado para você: ${event}`,
    EVENT_INVITED: ({ actor, event }) => `${actor} convida você: ${event}`,
    EVENT_REMINDER: ({ event }) => `Em breve: ${event}`,
    SUBSCRIPTION_ACTIVATED: () => 'O seu plano está ativo',
    SUBSCRIPTION_PAST_DUE: () => 'O seu plano não pôde ser renovado; vamos tentar de novo',
    SUBSCRIPTION_UNPAID: () => 'O seu plano terminou por falta de pagamento',
    ACCOUNT_LOOKED_AT: () => 'A nossa equipa vê a plataforma como você',
    OFFICE_EXTENDED: () => 'A duração do seu cargo mudou',
    OFFICE_CONFIRMED: () => 'O seu cargo foi confirmado',
    OFFICE_REVIEWED: ({ actor }) => `${actor} escreveu sobre como você exerce o seu cargo`,
    SUPER_USER_PROPOSED: ({ actor }) => `${actor} propõe uma mudança entre os superutilizadores`,
    SUPER_USER_CHANGED: () => 'Os seus direitos de superutilizador mudaram',
    EVENT_OWNER_CHANGED: () => 'O seu direito de vender bilhetes mudou',
    SESSION_COPIED: () => 'Terminámos a sessão de um dos seus dispositivos, pois a chave foi copiada',
    EVENT_CHANGED: ({ event }) => `Outra data ou outro lugar: ${event}`,
    EVENT_CANCELLED: ({ event }) => `Cancelado: ${event}`,
    CO_HOST_INVITED: ({ actor, event }) => `${actor} propõe organizarem juntos: ${event}`,
    CALENDAR_DISCONNECTED: () => 'O seu calendário já não é sincronizado; ligue-o de novo',
    TICKET_ISSUED: ({ event }) => `Os seus bilhetes chegaram: ${event}`,
    TICKET_REFUNDED: ({ event }) => `Os seus bilhetes foram devolvidos: ${event}`,
    TICKET_OFFERED: ({ actor, event }) => `${actor} oferece-lhe um bilhete: ${event}`,
    PAYMENT_FAILED: () => 'O seu pagamento foi recusado',
    PAYMENT_REFUNDED: () => 'Você recebe um reembolso',
    INVOICE_ISSUED: () => 'Você tem uma nova fatura',
    SCHEDULED_MESSAGE_FAILED: () => 'Uma mensagem sua não pôde ser enviada na hora marcada',
    MESSAGES_MISSED: ({ actor }) => `${actor} escreveu para você`,
    MESSAGE_REQUESTED: ({ actor }) => `${actor} gostaria de escrever para você`,
    MEMBERSHIP_ANNIVERSARY: ({ years }) =>
      years === 1 ? 'Você está connosco há um ano' : `Você está connosco há ${years} anos`,
  },
  digest: (count) => (count === 1 ? 'Uma novidade para você' : `${count} novidades para você`),
  open: 'Ver',
  unsubscribe: 'Não quero mais mensagens deste tipo',
  unsubscribeAll: 'Não quero mais estas mensagens',
  page: {
    title: 'As nossas mensagens',
    question: (all) =>
      all
        ? 'Deixamos de lhe enviar mensagens sobre novidades?'
        : 'Deixamos de lhe enviar mensagens deste tipo?',
    button: 'Não enviar mais',
    done: (all) =>
      all
        ? 'Não lhe enviaremos mais mensagens sobre novidades.'
        : 'Não lhe enviaremos mais mensagens deste tipo.',
    unknown: 'Esta ligação não é nossa ou não está completa.',
  },
  chatCode: (code) => `O seu código para receber aqui notificações é ${code}. Se não o pediu, não faça nada.`,
};
