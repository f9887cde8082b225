import type { Resolvers } from '../__generated__/schema.js';
import { eventIds, registrationIds, ticketIds } from '../ids.js';
import { pngOf, svgOf } from './codes.js';

export const resolvers: Resolvers = {
  Query: {
    checkInKeys: async (_parent, _args, { services }) => {
      const { keys } = await services.checkInKeys.jwks();
      return keys.map(({ kid, kty, crv, alg, x }) => ({
        ...{ kid: String(kid), kty: String(kty), crv: String(crv), alg: String(alg), x: String(x) },
      }));
    },
  },
  Registration: {
    checkInCode: async ({ id, eventId, status, places, codeVersion }, _args, { services }) => {
      if (status !== 'CONFIRMED' || places === 0) return null;
      return services.codes.sign({
        ...{ kind: 'REGISTRATION', id: registrationIds.encode(id) },
        ...{ eventId: eventIds.encode(eventId), codeVersion },
      });
    },
  },
  Ticket: {
    checkInCode: async ({ id, eventId, status, codeVersion }, _args, { services }) => {
      if (status !== 'VALID') return null;
      const ticket = { kind: 'TICKET', id: ticketIds.encode(id) } as const;
      return services.codes.sign({ ...ticket, eventId: eventIds.encode(eventId), codeVersion });
    },
  },
  CheckInCode: {
    text: (code) => code,
    svg: (code) => svgOf(code),
    png: (code) => pngOf(code),
  },
};
