import { mutation } from '@diaspora/kit';
import type { Resolvers } from '../__generated__/schema.js';
import { deviceName } from '../device-name.js';
import { trustedDeviceIds } from '../ids.js';

export const resolvers: Resolvers = {
  Credentials: {
    recoveryCodesLeft: ({ id }, _args, { services }) => services.factors.recoveryCodesLeft(id),
    trustedDevices: ({ id }, _args, { services }) => services.factors.trustedDevices(id),
  },
  TrustedDevice: {
    id: ({ id }) => trustedDeviceIds.encode(id),
    device: ({ userAgent }) => deviceName(userAgent),
  },
  Mutation: {
    enrolTotp: mutation((input, { viewer, services, origin }) =>
      services.factors.enrolTotp(viewer!, input, origin),
    ),
    confirmTotp: mutation(async (input, { viewer, services, origin }) => ({
      recoveryCodes: await services.factors.confirmTotp(viewer!, input, origin),
    })),
    disableTotp: mutation(async (input, { viewer, services, origin }) => {
      await services.factors.disableTotp(viewer!, input, origin);
      return { isDisabled: true };
    }),
    regenerateRecoveryCodes: mutation(async (input, { viewer, services, origin }) => ({
      recoveryCodes: await services.factors.regenerateRecoveryCodes(viewer!, input, origin),
    })),
    forgetTrustedDevice: mutation(async ({ deviceId }, { viewer, services }) => {
      await services.factors.forgetTrustedDevice(viewer!, trustedDeviceIds.decode(deviceId));
      return { isForgotten: true };
    }),
  },
};
