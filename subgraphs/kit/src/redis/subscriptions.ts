import type { RedisConnection } from './connect.js';

export interface ChannelListener {
  message(payload: string): void;
  /** Messages may have been missed: the server was away since the listener began. */
  resync(): void;
}

export interface Listening {
  /** Resolves when the server confirmed the subscription, or when the server is away (`resync` follows then). */
  readonly ready: Promise<void>;
  close(): void;
}

/** Many listeners over one SUBSCRIBE connection: one SUBSCRIBE per channel, however many listen. */
export interface Subscriptions {
  listen(channel: string, listener: ChannelListener): Listening;
}

interface Channel {
  listeners: Set<ChannelListener>;
  confirmed: Promise<void>;
  /** Whether a gap must be told: true once the server was away while somebody listened. */
  missed: boolean;
}

export function createSubscriptions(connection: RedisConnection): Subscriptions {
  const { client, log } = connection;
  const channels = new Map<string, Channel>();

  client.on('message', (name: string, payload: string) => {
    for (const listener of [...(channels.get(name)?.listeners ?? [])]) listener.message(payload);
  });
  client.on('close', () => {
    for (const channel of channels.values()) channel.missed = true;
  });
  client.on('ready', () => {
    for (const [name, channel] of channels) if (channel.missed) channel.confirmed = begin(name, channel);
  });

  async function begin(name: string, channel: Channel): Promise<void> {
    try {
      await client.subscribe(name);
    } catch (error) {
      // Away: `ready` subscribes again. Any other refusal would leave the listeners deaf, so reconnect.
      channel.missed = true;
      if (connection.status() === 'ready' && channels.get(name) === channel) {
        log.warn({ err: error }, 'SUBSCRIBE was refused');
        client.disconnect(true);
      }
      return;
    }
    if (!channel.missed) return;
    channel.missed = false;
    for (const listener of [...channel.listeners]) listener.resync();
  }

  function open(name: string): Channel {
    const channel: Channel = { listeners: new Set(), confirmed: Promise.resolve(), missed: false };
    channels.set(name, channel);
    channel.confirmed = begin(name, channel);
    return channel;
  }

  return {
    listen(name, listener) {
      const channel = channels.get(name) ?? open(name);
      channel.listeners.add(listener);
      return {
        ready: channel.confirmed,
        close() {
          if (!channel.listeners.delete(listener) || channel.listeners.size > 0) return;
          channels.delete(name);
          client.unsubscribe(name).catch(() => undefined);
        },
      };
    },
  };
}
