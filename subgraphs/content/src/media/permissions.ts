import { anyone, authenticated, carriers, type PermissionMap } from '@diaspora/kit';

/** Which files a viewer may reach at all is decided by the loader; whose upload it is, by the service. */
export const permissions: PermissionMap = {
  Mutation: { requestUpload: authenticated, completeUpload: authenticated },
  User: { avatar: anyone },
  Media: { '*': anyone },
  ...carriers('UploadForm', 'UploadField', 'RequestUploadPayload', 'CompleteUploadPayload'),
};
