import { AppError, line } from '@diaspora/kit';
import { z } from 'zod';

/** A browser's subscription, as the Push API gives it (RFC 8291). */
const base64url = (bytes: number) =>
  z
    .string()
    .regex(/^[\w-]+={0,2}$/)
    .refine((value) => Buffer.from(value, 'base64url').length === bytes, {
      message: `must be ${bytes} bytes in base64url`,
    });

export const webPushSubscription = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(1_000),
  p256dh: base64url(65),
  auth: base64url(16),
});

export type WebPushSubscription = z.output<typeof webPushSubscription>;

const registration = z.object({
  installationId: line({ max: 100 }),
  platform: z.enum(['ANDROID', 'IOS', 'WEB']),
  name: line({ max: 100 }).nullish(),
  fcmToken: z
    .string()
    .regex(/^[\w:.-]{1,4096}$/, 'must be a registration token')
    .nullish(),
  webPush: webPushSubscription.nullish(),
});

export const registrationInput = registration.transform(({ fcmToken, webPush, ...device }) => {
  if ((fcmToken == null) === (webPush == null))
    throw new AppError('INVALID_INPUT', 'Give either fcmToken or webPush.', { path: ['fcmToken'] });
  return fcmToken == null
    ? { ...device, service: 'WEB_PUSH' as const, token: JSON.stringify(webPush) }
    : { ...device, service: 'FCM' as const, token: fcmToken };
});

/** What tells a token from others: of a subscription its endpoint, whatever keys it has. */
export const identityOf = (service: 'FCM' | 'WEB_PUSH', token: string): string =>
  service === 'FCM' ? `fcm:${token}` : (JSON.parse(token) as WebPushSubscription).endpoint;
