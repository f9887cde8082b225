import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient as createSocketClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually, idOf, writeTo } from '../actions.js';
import { signUp, type Client } from '../client.js';
import { environmentsOf, type Environment } from '../environments.js';
import { startInfrastructure, type Infrastructure } from '../infrastructure.js';
import { startProcess, type RunningProcess } from '../processes.js';
import { silentProgress } from '../progress.js';
import type { Settings } from '../settings.js';
import { freshSettings } from './running.js';

const names = ['users', 'messaging', 'router'] as const;
type Name = (typeof names)[number];

/** Across two subgraphs: the event is messaging's, its author's name users'. */
const conversation = `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) {
  cursor event { __typename ... on MessageSent { message { text sender { displayName } } } } } }`;

const person = (name: string) => ({
  email: `${name}@real-time.example`,
  password: `a good password of ${name}`,
  displayName: name,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['ro'],
});

describe('a conversation in real time, through kills', () => {
  let settings: Settings;
  let infrastructure: Infrastructure;
  let environments: Readonly<Record<Name, Environment>>;
  const processes = new Map<Name, RunningProcess>();
  let ana: Client;
  let mihai: Client;
  let mihaiId: string;
  let conversationId: string;
  let socket: SocketClient;
  const heard: string[] = [];
  const authors = new Set<string>();
  /** What the router said of the subscription itself, rather than that the connection was lost. */
  const refusals: unknown[] = [];
  let cursor: string | undefined;
  let isListening = false;

  const start = async (name: Name) => {
    const entry = name === 'router' ? 'router/src/main.ts' : `subgraphs/${name}/src/main.ts`;
    processes.set(name, await startProcess({ name, entry, env: environments[name] }));
  };
  const kill = (name: Name) => process.kill(processes.get(name)!.pid, 'SIGKILL');
  const url = () => processes.get('router')!.url;

  /** As an application does: whenever the connection is lost, it subscribes again after the last cursor it has seen. */
  async function listen(): Promise<void> {
    for (;;) {
      const events = socket.iterate<any>({
        query: conversation,
        variables: { id: conversationId, ...(cursor !== undefined && { after: cursor }) },
      });
      try {
        for await (const { data, errors } of events) {
          if (errors) throw new Error(JSON.stringify(errors));
          const { cursor: seen, event } = data.conversationEvents;
          isListening = true;
          cursor = seen;
          if (event.__typename !== 'MessageSent') continue;
          heard.push(event.message.text);
          authors.add(event.message.sender.displayName);
        }
        return;
      } catch (error) {
        isListening = false;
        refusals.push(...(Array.isArray(error) ? error : []));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Says it until it is taken; the id of the message makes the repeats one. */
  const say = (text: string) =>
    eventually(async () => {
      const sent = writeTo(ana, { userId: mihaiId, text, clientMessageId: text });
      return sent.then(
        () => true,
        () => undefined,
      );
    }, `the message ${text} to be taken`);

  beforeAll(async () => {
    settings = await freshSettings();
    infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
    environments = environmentsOf(settings, infrastructure);
    await Promise.all(names.map(start));
    ana = await signUp(url(), infrastructure.mailbox, person('ana'));
    mihai = await signUp(url(), infrastructure.mailbox, person('mihai'));
    mihaiId = await idOf(mihai);
    // messaging hears of the two by the bus.
    const first = await eventually(
      () =>
        writeTo(ana, { userId: mihaiId, text: 'before', clientMessageId: 'before' }).catch(() => undefined),
      'messaging to know both',
    );
    conversationId = first.conversationId;
    socket = createSocketClient({
      url: () => `${url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${mihai.token()}` }),
      retryAttempts: 0,
    });
    void listen();
    await eventually(
      async () => isListening || refusals.length > 0 || undefined,
      'the subscription to begin',
    );
    expect(refusals).toEqual([]);
  }, 300_000);

  afterAll(async () => {
    await socket.dispose();
    for (const name of [...names].reverse()) await processes.get(name)?.stop();
    await infrastructure.stop();
    await rm(settings.dataDir, { recursive: true, force: true });
  });

  const allHeard = (count: number) =>
    eventually(async () => (heard.length >= count ? [...heard] : undefined), `${count} messages to be heard`);

  it('tells messages with what another subgraph knows of their author', async () => {
    for (const text of ['1', '2', '3']) await say(text);
    expect(await allHeard(3)).toEqual(['1', '2', '3']);
    expect([...authors]).toEqual(['ana']);
  });

  it('goes on without a gap or a repeat when messaging is killed and comes back', async () => {
    kill('messaging');
    const said = ['4', '5', '6'].reduce(
      (before, text) => before.then(() => say(text)),
      Promise.resolve(true),
    );
    await start('messaging');
    await said;
    await say('7');
    expect(await allHeard(7)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('goes on without a gap or a repeat when the router is killed and comes back', async () => {
    kill('router');
    await eventually(async () => !isListening || undefined, 'the client to notice');
    const said = ['8', '9'].reduce((before, text) => before.then(() => say(text)), Promise.resolve(true));
    await start('router');
    await said;
    await eventually(async () => isListening || undefined, 'the client to come back');
    await say('10');
    expect(await allHeard(10)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });
});
