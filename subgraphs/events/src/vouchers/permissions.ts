import { authenticated, carriers, type PermissionMap } from '@diaspora/kit';
import { selfOrSuperUser } from '../viewers.js';

/** Who makes which is decided by the service; who sees one by the loader. */
export const permissions: PermissionMap = {
  Mutation: { createVoucher: authenticated, updateVoucher: authenticated, deleteVoucher: authenticated },
  User: { vouchers: selfOrSuperUser },
  ...carriers('Voucher', 'VoucherConnection', 'VoucherEdge'),
  ...carriers('CreateVoucherPayload', 'UpdateVoucherPayload', 'DeleteVoucherPayload'),
};
