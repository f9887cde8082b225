import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from './client.js';

/** What people do, in the words of the API; shared by the demo data, the journeys and the benchmarks. */

const failures = 'userErrors { code message }';

export async function idOf(client: Client): Promise<string> {
  return ((await client.must('{ me { id } }')) as { me: { id: string } }).me.id;
}

export async function appointAmbassador(
  client: Client,
  input: { userId: string; countryCode: string; idempotencyKey: string },
): Promise<void> {
  await client.must(
    `mutation ($input: AppointAmbassadorInput!) { appointAmbassador(input: $input) { office { id } ${failures} } }`,
    { input },
  );
}

export async function appointConsul(
  client: Client,
  input: { userId: string; countryCode: string; city: string; idempotencyKey: string },
): Promise<string> {
  const data = await client.must(
    `mutation ($input: AppointConsulInput!) { appointConsul(input: $input) { office { id } ${failures} } }`,
    { input },
  );
  return data.appointConsul.office.id as string;
}

export interface NewEvent {
  readonly idempotencyKey: string;
  readonly title: string;
  readonly description: string;
  readonly city: string;
  readonly countryCode: string;
  readonly type?: 'LOCAL' | 'FREE' | 'NATIONAL' | 'PREMIUM';
  readonly capacity?: number;
  readonly daysAhead?: number;
  readonly domain?: string;
  readonly tags?: readonly string[];
}

/** Creates and publishes an event of three hours, some days ahead at 18:00 in Berlin. */
export async function publishEvent(client: Client, event: NewEvent): Promise<string> {
  const { city, countryCode, daysAhead = 21, type = 'LOCAL', domain = 'ASSOCIATIONS', ...rest } = event;
  const day = new Date(Date.now() + daysAhead * 86_400_000).toISOString().slice(0, 10);
  const input = {
    ...rest,
    type,
    domain,
    language: 'en',
    visibility: 'PUBLIC',
    timeZone: 'Europe/Berlin',
    startsAt: `${day}T18:00:00`,
    endsAt: `${day}T21:00:00`,
    place: { countryCode, city, venue: 'Community house' },
  };
  const created = await client.must(
    `mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id status } ${failures} } }`,
    { input },
  );
  const { id, status } = created.createEvent.event as { id: string; status: string };
  if (status === 'DRAFT') {
    await client.must(
      `mutation ($input: PublishEventInput!) { publishEvent(input: $input) { event { id } ${failures} } }`,
      {
        input: { eventId: id },
      },
    );
  }
  return id;
}

export async function register(client: Client, eventId: string): Promise<string> {
  const data = await client.must(
    `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) { registration { id } ${failures} } }`,
    { input: { eventId } },
  );
  return data.registerForEvent.registration.id as string;
}

/** Uploads the demo photo the way an application does: asks for a form, posts the file to it, reports back. */
export async function uploadPhoto(client: Client, idempotencyKey: string): Promise<string> {
  const photo = await readFile(path.join(import.meta.dirname, 'assets/photo.png'));
  const input = { idempotencyKey, contentType: 'image/png', sizeBytes: photo.length, fileName: 'photo.png' };
  const requested = await client.must(
    `mutation ($input: RequestUploadInput!) {
      requestUpload(input: $input) { upload { url fields { name value } media { id status } } ${failures} } }`,
    { input },
  );
  const { url, fields, media } = requested.requestUpload.upload as {
    url: string;
    fields: { name: string; value: string }[];
    media: { id: string; status: string };
  };
  if (media.status === 'READY') return media.id;
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append('file', new Blob([photo], { type: 'image/png' }), 'photo.png');
  const response = await fetch(url, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`The object store answered ${response.status}: ${await response.text()}`);
  const completed = await client.must(
    `mutation ($input: CompleteUploadInput!) { completeUpload(input: $input) { media { id status } ${failures} } }`,
    { input: { mediaId: media.id } },
  );
  if (completed.completeUpload.media.status !== 'READY') throw new Error('The photo was not accepted.');
  return media.id;
}

export async function post(
  client: Client,
  input: { idempotencyKey: string; text: string; language: string; eventId?: string; mediaIds?: string[] },
): Promise<string> {
  const data = await client.must(
    `mutation ($input: CreatePostInput!) { createPost(input: $input) { post { id } ${failures} } }`,
    { input },
  );
  return data.createPost.post.id as string;
}

export async function comment(
  client: Client,
  input: { idempotencyKey: string; postId: string; text: string },
) {
  await client.must(
    `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } ${failures} } }`,
    {
      input,
    },
  );
}

export async function like(client: Client, postId: string): Promise<void> {
  await client.must(
    `mutation ($input: LikePostInput!) { likePost(input: $input) { post { id } ${failures} } }`,
    {
      input: { postId },
    },
  );
}

/** Sends a direct message and answers its sequence in the conversation. */
export async function writeTo(
  client: Client,
  message: { userId: string; text: string; clientMessageId: string },
): Promise<{ conversationId: string; sequence: number }> {
  const opened = await client.must(
    `mutation ($input: OpenDirectConversationInput!) {
      openDirectConversation(input: $input) { conversation { id } ${failures} } }`,
    { input: { userId: message.userId } },
  );
  const conversationId = opened.openDirectConversation.conversation.id as string;
  const sent = await client.must(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { sequence } ${failures} } }`,
    { input: { conversationId, clientMessageId: message.clientMessageId, text: message.text } },
  );
  return { conversationId, sequence: sent.sendMessage.message.sequence as number };
}

export async function subscribeToPremium(client: Client, idempotencyKey: string): Promise<void> {
  const input = {
    idempotencyKey,
    planCode: 'PREMIUM_MONTHLY',
    paymentMethod: { sandboxCard: { number: '4242424242424242' } },
  };
  await client.must(
    `mutation ($input: SubscribeInput!) { subscribe(input: $input) { subscription { id } ${failures} } }`,
    { input },
  );
}

/** Asks again until the answer is there: for what reaches another subgraph by a message. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
