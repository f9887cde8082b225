import type { Devices } from '../../devices/index.js';
import { notificationIds } from '../../ids.js';
import { referenceTo } from '../../subjects.js';
import type { Outcome } from '../rules.js';
import type { ChannelAdapter, Parcel } from './channel.js';

/** What a device is told. */
export interface PushNotice {
  readonly title: string;
  /** One notice takes the place of another with the same tag. */
  readonly tag: string;
  readonly data: Readonly<Record<string, string>>;
}

/** One way to push to devices. */
export interface PushProvider {
  readonly name: string;
  send(token: string, notice: PushNotice): Promise<Outcome>;
}

/** Where no provider is set up, the attempt on record is all there is. */
const onRecordOnly: PushProvider = { name: 'log', send: async () => ({ kind: 'SENT' }) };

interface Dependencies {
  readonly devices: Devices;
  readonly providers: Readonly<Record<'FCM' | 'WEB_PUSH', PushProvider | null>>;
}

export const createPushChannel = ({ devices, providers }: Dependencies): ChannelAdapter => ({
  open: async (tx, { target }) => {
    const found = await devices.targetOf(tx, target);
    if (!found) return null;
    const provider = providers[found.service] ?? onRecordOnly;
    return {
      provider: provider.name,
      send: (parcel) => provider.send(found.token, noticeOf(parcel)),
      onGone: (gone) => devices.drop(gone, target, found),
    };
  },
});

function noticeOf({ letter, notifications }: Parcel): PushNotice {
  const [notification] = notifications;
  const [line] = letter.lines;
  const { __typename, id } = referenceTo(notification!);
  return {
    title: letter.subject,
    tag: notification!.id.replaceAll('-', ''),
    data: {
      notificationId: notificationIds.encode(notification!.id),
      type: notification!.type,
      subjectType: __typename,
      subjectId: id,
      ...(line?.url && { url: line.url }),
    },
  };
}
