const statusByCode = {
  AccessDenied: 403,
  AccessForbidden: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidPolicyDocument: 400,
  InvalidRange: 416,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  MaxPostPreDataLengthExceeded: 400,
  MethodNotAllowed: 405,
  MissingSecurityHeader: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type S3ErrorCode = keyof typeof statusByCode;
export type S3Error = Error & { code: S3ErrorCode; status: number; headers: Record<string, string> };

const raised = new WeakSet<Error>();

/** An answer to the client in S3's own codes. Everything else that is thrown is masked as InternalError. */
export function s3Error(code: S3ErrorCode, message: string, headers: Record<string, string> = {}): S3Error {
  const error = Object.assign(new Error(message), { code, status: statusByCode[code], headers });
  raised.add(error);
  return error;
}

export function isS3Error(error: unknown): error is S3Error {
  return error instanceof Error && raised.has(error);
}
