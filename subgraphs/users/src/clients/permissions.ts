import { carriers, hasRole, type PermissionMap } from '@diaspora/kit';

const superUser = hasRole('SUPER_USER');

/** Programs are seen by super users only; that they still are ones is asked in each transaction. */
export const permissions: PermissionMap = {
  Query: { serviceAccounts: superUser, serviceAccount: superUser, apiKeys: superUser },
  Mutation: Object.fromEntries(
    [
      ...['createServiceAccount', 'updateServiceAccount', 'rotateServiceSecret'],
      ...['disableServiceAccount', 'enableServiceAccount'],
      ...['createApiKey', 'rotateApiKey', 'revokeApiKey'],
    ].map((field) => [field, superUser]),
  ),
  ServiceAccount: { '*': superUser },
  ServiceSecret: { '*': superUser },
  ApiKey: { '*': superUser },
  AuditActor: { service: superUser },
  ...carriers('ServiceAccountConnection', 'ServiceAccountEdge', 'ApiKeyConnection', 'ApiKeyEdge'),
  ...carriers('CreateServiceAccountPayload', 'UpdateServiceAccountPayload', 'RotateServiceSecretPayload'),
  ...carriers('DisableServiceAccountPayload', 'EnableServiceAccountPayload'),
  ...carriers('CreateApiKeyPayload', 'RotateApiKeyPayload', 'RevokeApiKeyPayload'),
};
