/** A process that sends messages at a steady rate, whether or not earlier ones are answered. Told what to do by its parent. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.js';
import { conversationIds, now, signed } from './viewers.js';

const query = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id } userErrors { message } } }`;

interface Task extends Pick<Stage, 'urls' | 'secret' | 'groups'> {
  readonly perSecond: number;
  readonly seconds: number;
}

let keys = 0;

async function send({ urls, secret, groups }: Task, index: number): Promise<boolean> {
  const { conversationId, people } = groups[index % groups.length]!;
  const input = {
    conversationId: conversationIds.encode(conversationId),
    clientMessageId: `bench-${process.pid}-${keys++}`,
    text: String(now()),
  };
  const response = await fetch(urls[index % urls.length]!, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed(people[0]!, secret) },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data } = (await response.json()) as { data?: { sendMessage: { message: object | null } } };
  return data?.sendMessage.message != null;
}

async function sendAll(task: Task): Promise<number> {
  const count = task.perSecond * task.seconds;
  const startedAt = now();
  const sent: Promise<boolean>[] = [];
  for (let index = 0; index < count; index++) {
    const wait = startedAt + (index * 1_000) / task.perSecond - now();
    if (wait > 0) await delay(wait);
    sent.push(send(task, index).catch(() => false));
  }
  return (await Promise.all(sent)).filter(Boolean).length;
}

process.on('message', (task: Task) => void sendAll(task).then((sent) => process.send!(sent)));
