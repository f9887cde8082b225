import type { Office, Profile } from './__generated__/prisma/client.js';

export type UserModel = Profile;
export type OfficeModel = Office;
