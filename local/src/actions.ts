import { dayMs } from '@diaspora/kit';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from './client.js';

/** What people do, in the words of the API; shared by the demo data, the journeys and the benchmarks. */

const failures = 'userErrors { code message }';

export async function idOf(client: Client): Promise<string> {
  return ((await client.must('{ me { id } }')) as { me: { id: string } }).me.id;
}

/** Runs a mutation that is called like its input type, less `Input`; answers its payload. */
export async function run<Payload>(
  client: Client,
  command: string,
  input: object,
  selection: string,
): Promise<Payload> {
  const type = `${command.charAt(0).toUpperCase()}${command.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${command}(input: $input) { ${selection} ${failures} } }`;
  const data = (await client.must(document, { input })) as Record<string, Payload>;
  return data[command]!;
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

/** Asks for a consulate, unless the person has asked before; answers the application. */
export async function applyForConsul(
  client: Client,
  input: { countryCode: string; city: string; motivation: string },
): Promise<string> {
  const { viewerOfficeApplications } = await client.must(
    '{ viewerOfficeApplications(first: 100) { nodes { id city } } }',
  );
  const known = (viewerOfficeApplications.nodes as { id: string; city: string }[]).find(
    ({ city }) => city === input.city,
  );
  if (known) return known.id;
  const data = await client.must(
    `mutation ($input: ApplyForOfficeInput!) { applyForOffice(input: $input) { application { id } ${failures} } }`,
    { input: { role: 'CONSUL', ...input } },
  );
  return data.applyForOffice.application.id as string;
}

/** Answers the office. */
export async function approveApplication(
  client: Client,
  input: { applicationId: string; message?: string },
): Promise<string> {
  const data = await client.must(
    `mutation ($input: ApproveApplicationInput!) {
      approveApplication(input: $input) { application { office { id } } ${failures} } }`,
    { input },
  );
  return data.approveApplication.application.office.id as string;
}

/** One asks, the other accepts. */
export async function befriend(one: Client, other: Client, note?: string): Promise<void> {
  await one.must(
    `mutation ($input: RequestFriendshipInput!) { requestFriendship(input: $input) { ${failures} } }`,
    { input: { userId: await idOf(other), note } },
  );
  await other.must(
    `mutation ($input: AcceptFriendRequestInput!) { acceptFriendRequest(input: $input) { ${failures} } }`,
    { input: { userId: await idOf(one) } },
  );
}

export async function follow(client: Client, userId: string): Promise<void> {
  await client.must(`mutation ($input: FollowUserInput!) { followUser(input: $input) { ${failures} } }`, {
    input: { userId },
  });
}

export async function updateProfile(client: Client, changes: object): Promise<void> {
  const { me } = await client.must('{ me { version } }');
  await client.must(
    `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { ${failures} } }`,
    { input: { expectedVersion: me.version as number, ...changes } },
  );
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
  const day = new Date(Date.now() + daysAhead * dayMs).toISOString().slice(0, 10);
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

interface Form {
  readonly url: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** Posts a file with the form it was given, straight to the store. */
async function postFile({ url, fields }: Form, file: Blob, fileName: string): Promise<void> {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append('file', file, fileName);
  const response = await fetch(url, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`The object store answered ${response.status}: ${await response.text()}`);
}

/** Uploads a file of customers; answers what to import it by. */
export async function uploadCustomers(
  client: Client,
  departmentId: string,
  content: string,
): Promise<string> {
  const file = new Blob([content], { type: 'text/csv' });
  const requested = await client.must(
    `mutation ($input: RequestCustomerUploadInput!) {
      requestCustomerUpload(input: $input) { upload { id url fields { name value } } ${failures} } }`,
    { input: { departmentId, sizeBytes: file.size } },
  );
  const upload = requested.requestCustomerUpload.upload as Form & { id: string };
  await postFile(upload, file, 'customers.csv');
  return upload.id;
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
  const upload = requested.requestUpload.upload as Form & { media: { id: string; status: string } };
  const { media } = upload;
  if (media.status === 'READY') return media.id;
  await postFile(upload, new Blob([photo], { type: 'image/png' }), 'photo.png');
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

/** Asks again, less and less often, until the answer is there: for what reaches another subgraph by a message. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(500, pauseMs * 1.5)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
