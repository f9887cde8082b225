import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually, idOf, writeTo } from '../actions.js';
import { signUp, type Client } from '../client.js';
import { environmentsOf } from '../environments.js';
import { startInfrastructure, type Infrastructure } from '../infrastructure.js';
import { startProcess, type RunningProcess } from '../processes.js';
import { silentProgress } from '../progress.js';
import type { Settings } from '../settings.js';
import { freshSettings } from './running.js';

const subscription = `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) {
  cursor event { __typename ... on MessageSent { message { sequence text } } } } }`;
const history = `query ($id: ID!, $after: String) { conversation(id: $id) { eventsCursor
  messages(first: 100, after: $after) { nodes { sequence text } pageInfo { hasNextPage endCursor } } } }`;

const sending = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { sequence } userErrors { code } } }`;

interface Said {
  readonly sequence: number;
  readonly text: string;
}

const person = (name: string) => ({
  email: `${name}@transcripts.example`,
  password: `a good password of ${name}`,
  displayName: name,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['ro'],
});

describe('a conversation over two routers and two processes of messaging', () => {
  let settings: Settings;
  let infrastructure: Infrastructure;
  const processes: RunningProcess[] = [];
  const routers: RunningProcess[] = [];
  let ana: Client;
  let mihai: Client;
  let mihaiId: string;
  let id: string;

  /** Each router has a process of messaging of its own. */
  async function start() {
    const environments = environmentsOf(settings, infrastructure);
    const run = async (name: string, entry: string, env: (typeof environments)['router']) => {
      const running = await startProcess({ name, entry, env });
      processes.push(running);
      return running;
    };
    const messaging = { ...environments.messaging, FREE_MESSAGES_PER_DAY: '100000' };
    // Nobody else listens there in this journey.
    const [second, secondRouter] = [settings.ports.content, settings.ports.search].map(String);
    const urls = environments.router['SUBGRAPH_URLS']!;
    await run('users', 'subgraphs/users/src/main.ts', environments.users);
    await run('messaging', 'subgraphs/messaging/src/main.ts', messaging);
    await run('messaging', 'subgraphs/messaging/src/main.ts', { ...messaging, PORT: second! });
    routers.push(await run('router', 'router/src/main.ts', environments.router));
    routers.push(
      await run('router', 'router/src/main.ts', {
        ...environments.router,
        PORT: secondRouter!,
        SUBGRAPH_URLS: urls.replace(/messaging=([^,]*):\d+/, `messaging=$1:${second}`),
      }),
    );
  }

  beforeAll(async () => {
    settings = await freshSettings();
    infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
    await start();
    const url = routers[0]!.url;
    ana = await signUp(url, infrastructure.mailbox, person('ana'));
    mihai = await signUp(url, infrastructure.mailbox, person('mihai'));
    mihaiId = await idOf(mihai);
    const first = await eventually(
      () => writeTo(ana, { userId: mihaiId, text: 'first', clientMessageId: 'first' }).catch(() => undefined),
      'messaging to know both',
    );
    id = first.conversationId;
  }, 300_000);

  afterAll(async () => {
    for (const running of [...processes].reverse()) await running.stop();
    await infrastructure.stop();
    await rm(settings.dataDir, { recursive: true, force: true });
  });

  let keys = 0;
  /** Says it through one of the routers until it is taken; the id of the message makes the repeats one. */
  function say(who: Client, router: number): Promise<number> {
    const input = { conversationId: id, clientMessageId: `message-${++keys}`, text: `text ${keys}` };
    const send = async () => {
      const response = await fetch(`${routers[router]!.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${who.token()}` },
        body: JSON.stringify({ query: sending, variables: { input } }),
      });
      const { data } = (await response.json()) as any;
      return data?.sendMessage?.message?.sequence as number | undefined;
    };
    return eventually(send, `${input.text} to be taken`);
  }

  async function everything(): Promise<{ said: Said[]; cursor: string }> {
    const said: Said[] = [];
    let after: string | null = null;
    let cursor: string | undefined;
    for (;;) {
      const { conversation } = await mihai.must(history, { id, after });
      // Of the first page: what came after it is told again, and is known by its sequence.
      cursor ??= conversation.eventsCursor as string;
      said.push(...(conversation.messages.nodes as Said[]));
      if (!conversation.messages.pageInfo.hasNextPage) return { said, cursor };
      after = conversation.messages.pageInfo.endCursor as string;
    }
  }

  /** One connection: keeps what it is told for a device, until it is cut off. */
  function connect(device: Device, router: number, after: string) {
    const socket = createSocketClient({
      url: `${routers[router]!.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${mihai.token()}` }),
      retryAttempts: 0,
      on: { connected: () => settle(), closed: () => settle() },
    });
    let settle: () => void = () => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    let isCut = false;
    const read = async () => {
      let last: number | undefined;
      for await (const { data, errors } of socket.iterate<any>({
        query: subscription,
        variables: { id, after },
      })) {
        if (isCut) return;
        if (errors) throw new Error(JSON.stringify(errors));
        const { cursor, event } = data.conversationEvents;
        expect(event.__typename).toBe('MessageSent');
        const { sequence, text } = event.message as Said;
        if (last !== undefined) expect(sequence).toBe(last + 1);
        last = sequence;
        device.keep({ sequence, text }, cursor as string);
      }
    };
    const ended = read().catch((error: unknown) => {
      if (!isCut) device.faults.push(error);
    });
    return async () => {
      isCut = true;
      await settled;
      socket.terminate();
      await ended;
    };
  }

  it('numbers a hundred messages, sent at once through both, without a gap', async () => {
    const before = (await everything()).said.length;
    const sequences = await Promise.all(
      Array.from({ length: 100 }, (_, index) => say(index % 3 === 0 ? ana : mihai, index % 2)),
    );
    expect(sequences.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 100 }, (_, index) => before + index + 1),
    );
    expect((await everything()).said.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: before + 100 }, (_, index) => index + 1),
    );
  });

  it('has the same transcript on a device as at the service, however its connections go', async () => {
    const router = fc.nat(1);
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constant('say'), router, back: fc.constant(0) }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('cut'), router, back: fc.constant(0) }) },
        // With an older cursor than the last: everything since is told twice.
        { weight: 2, arbitrary: fc.record({ do: fc.constant('connect'), router, back: fc.nat(3) }) },
      ),
      { minLength: 10, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        const { said, cursor } = await everything();
        const device = new Device(said, cursor);
        const open = [connect(device, 0, cursor)];
        const saying: Promise<unknown>[] = [];
        for (const step of chosen) {
          if (step.do === 'say') saying.push(say(ana, step.router));
          // What was under way to the device is lost with its connections.
          if (step.do === 'cut') await Promise.all(open.splice(0).map((cut) => cut()));
          // Beside those that are open: the two tell their events in any order.
          if (step.do === 'connect') open.push(connect(device, step.router, device.cursorBack(step.back)));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(saying);
        open.push(connect(device, 1, device.cursorBack(0)));
        const all = (await everything()).said;
        await eventually(async () => device.size() >= all.length || undefined, 'everything to be told');
        await Promise.all(open.map((cut) => cut()));
        expect(device.faults).toEqual([]);
        expect(device.transcript()).toEqual(all);
      }),
      { numRuns: 5 },
    );
  }, 300_000);
});

/** As an application keeps a conversation: by sequence, with the cursor up to which nothing is missing. */
class Device {
  readonly faults: unknown[] = [];
  private readonly known = new Map<number, string>();
  /** Cursors of events without a gap before them, oldest first. */
  private readonly cursors: { readonly sequence: number; readonly cursor: string }[];

  constructor(said: readonly Said[], cursor: string) {
    for (const { sequence, text } of said) this.known.set(sequence, text);
    this.cursors = [{ sequence: said.length, cursor }];
  }

  keep({ sequence, text }: Said, cursor: string): void {
    const known = this.known.get(sequence);
    if (known !== undefined && known !== text)
      this.faults.push(`${sequence} is told as ${text} and ${known}`);
    this.known.set(sequence, text);
    if (sequence === this.cursors.at(-1)!.sequence + 1) this.cursors.push({ sequence, cursor });
  }

  cursorBack = (count: number): string =>
    this.cursors.at(-1 - Math.min(count, this.cursors.length - 1))!.cursor;
  size = (): number => this.known.size;
  transcript = (): Said[] =>
    [...this.known].sort(([one], [other]) => one - other).map(([sequence, text]) => ({ sequence, text }));
}
