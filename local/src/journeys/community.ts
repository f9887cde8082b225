import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import PostalMime from 'postal-mime';
import {
  appointAmbassador,
  appointConsul,
  comment,
  eventually,
  idOf,
  post,
  publishEvent,
  subscribeToPremium,
  uploadPhoto,
  writeTo,
} from '../actions.js';
import { createClient, signIn, signUp, type Client, type Person } from '../client.js';
import { demoSuperUserEmail } from '../environments.js';
import type { Infrastructure } from '../infrastructure.js';
import type { Mailbox } from '../mailbox/index.js';
import { subgraphNames, type Ports, type SubgraphName } from '../settings.js';

/** A running supergraph, in one process or in many. */
export interface Running {
  readonly url: string;
  readonly ports: Ports;
  readonly mailbox: Pick<Mailbox, 'waitForMail'>;
  readonly databaseUrls: Infrastructure['databaseUrls'];
  stop(): Promise<void>;
}

const people = ['root', 'ambassador', 'consul', 'member', 'stranger'] as const;
type Who = (typeof people)[number];

const person = (who: Who): Person => ({
  email: who === 'root' ? demoSuperUserEmail : `${who}@journey.example`,
  password: `a good password of ${who}`,
  displayName: `The ${who}`,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['ro', 'en'],
});

/** One answer out of all six subgraphs: found event, its organizer, posts and comments, and what concerns the viewer. */
export const homeQuery = `query Home($text: String!, $first: Int!) {
  me { displayName city }
  search(query: $text, types: [EVENT], first: $first, facets: [CITY]) {
    totalCount
    facets { buckets { value count } }
    nodes {
      ... on Event {
        id title registeredCount startsAt { local zone }
        organizer { displayName offices { role city } }
        posts(first: 5) { nodes {
          text author { displayName } commentCount media { contentType url }
          comments(first: 5) { nodes { text author { displayName } } }
        } }
      }
    }
  }
  notifications(first: 5) { nodes { type actor { displayName } } }
  viewerSubscription { status plan { code } }
}`;

/** The walk of the platform as five different people. The same for every way of running it. */
export function describeCommunityJourney(name: string, start: () => Promise<Running>): void {
  describe(`the community's journey, ${name}`, () => {
    let running: Running;
    const clients = {} as Record<Who, Client>;
    const ids = {} as Record<Who, string>;
    let eventId: string;
    let postId: string;
    let beforePremium: Date;

    beforeAll(async () => {
      running = await start();
    }, 300_000);
    afterAll(() => running.stop());

    /** Asks until the answer has arrived by the bus. */
    const waitFor = <T>(who: Who, query: string, pick: (data: any) => T | undefined, what: string) =>
      eventually(async () => pick((await clients[who].send(query)).data), what);

    it('lets five people register, prove their address and sign in', async () => {
      await Promise.all(
        people.map(async (who) => {
          clients[who] = await signUp(running.url, running.mailbox, person(who));
          ids[who] = await idOf(clients[who]);
        }),
      );
      expect(new Set(Object.values(ids)).size).toBe(5);
    });

    it('lets the super user appoint an ambassador, and the ambassador a consul', async () => {
      await appointAmbassador(clients.root, {
        userId: ids.ambassador,
        countryCode: 'DE',
        idempotencyKey: 'k1',
      });
      const stale = await clients.ambassador.send('{ me { id } }');
      expect(stale.errors?.[0]?.extensions).toMatchObject({
        code: 'UNAUTHENTICATED',
        reason: 'SESSION_STALE',
      });
      await clients.ambassador.refresh();
      const appointment = { userId: ids.consul, countryCode: 'DE', city: 'Berlin', idempotencyKey: 'k2' };
      const officeId = await appointConsul(clients.ambassador, appointment);
      expect(await appointConsul(clients.ambassador, appointment)).toBe(officeId);
      await clients.consul.refresh();
      await waitFor(
        'consul',
        '{ notifications(first: 5) { nodes { type } } }',
        (data) =>
          data?.notifications.nodes.find((node: { type: string }) => node.type === 'OFFICE_APPOINTED'),
        'the notice of the appointment',
      );
    });

    it('lets the consul publish in the own city and nowhere else, and nobody else there', async () => {
      const event = {
        idempotencyKey: 'journey',
        title: 'Harvest festival of the diaspora',
        countryCode: 'DE',
        city: 'Berlin',
        description: 'Music, food and crafts.',
        capacity: 2,
        tags: ['harvest'],
      };
      await expect(
        publishEvent(clients.consul, { ...event, idempotencyKey: 'x', city: 'Hamburg' }),
      ).rejects.toThrow('FORBIDDEN');
      await expect(publishEvent(clients.member, { ...event, idempotencyKey: 'y' })).rejects.toThrow(
        'FORBIDDEN',
      );
      eventId = await publishEvent(clients.consul, event);
    });

    it('lets the member find it, misspelt, and register once', async () => {
      const found = await eventually(async () => {
        const query = `{ search(query: "harvst festval", types: [EVENT], first: 5) { nodes { ... on Event { id title } } } }`;
        const { data } = await clients.member.send(query);
        return data?.search.nodes.find((node: { id: string }) => node.id === eventId);
      }, 'the event in search');
      expect(found.title).toBe('Harvest festival of the diaspora');
      const register = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) { registration { id } userErrors { code } } }`;
      const [first, second] = [
        await clients.member.must(register, { input: { eventId } }),
        await clients.member.must(register, { input: { eventId } }),
      ];
      expect(second).toEqual(first);
      await clients.ambassador.must(register, { input: { eventId } });
      const late = await clients.stranger.send(register, { input: { eventId } });
      expect(late.data.registerForEvent).toEqual({ registration: null, userErrors: [{ code: 'SOLD_OUT' }] });
    });

    it('lets the member post a photo about it, and the consul comment', async () => {
      const mediaIds = [await uploadPhoto(clients.member, 'photo')];
      const about = {
        idempotencyKey: 'post',
        text: 'What a day! 🎉 #harvest',
        language: 'en',
        eventId,
        mediaIds,
      };
      postId = await eventually(
        () => post(clients.member, about).catch(() => undefined),
        'the event in content',
      );
      expect(await post(clients.member, about)).toBe(postId);
      await comment(clients.consul, { idempotencyKey: 'comment', postId, text: 'Thank you for coming!' });
      const { data } = await clients.consul.send(`{ post(id: "${postId}") { media { url } } }`);
      const photo = await fetch(data.post.media[0].url);
      expect(photo.headers.get('content-type')).toBe('image/png');
      expect((await photo.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
    });

    it('tells the member of the comment, who answers in a direct message', async () => {
      const notice: any = await waitFor(
        'member',
        '{ notifications(first: 5) { nodes { type readAt actor { id displayName } subject { id } } } }',
        (data) => data?.notifications.nodes.find((node: { type: string }) => node.type === 'POST_COMMENTED'),
        'the notice of the comment',
      );
      expect(notice).toMatchObject({ readAt: null, actor: { id: ids.consul, displayName: 'The consul' } });
      const message = { userId: ids.consul, text: 'It was wonderful \u200fشكرا', clientMessageId: 'm1' };
      const sent = await writeTo(clients.member, message);
      expect(await writeTo(clients.member, message)).toEqual(sent);
      const query = `query ($id: ID!) { conversation(id: $id) { unreadCount messages(first: 5) { nodes { sequence text sender { id } } } } }`;
      const { data } = await clients.consul.send(query, { id: sent.conversationId });
      expect(data.conversation).toEqual({
        unreadCount: 1,
        messages: { nodes: [{ sequence: 1, text: message.text, sender: { id: ids.member } }] },
      });
      expect((await clients.stranger.send(query, { id: sent.conversationId })).data.conversation).toBeNull();
    });

    it('lets the member subscribe to premium; the entitlement arrives in the token', async () => {
      beforePremium = new Date();
      await subscribeToPremium(clients.member, 'premium');
      await eventually(async () => {
        await clients.member.refresh();
        return entitlementsOf(clients.member).includes('UNLIMITED_MESSAGING') || undefined;
      }, 'the entitlement in the token');
      expect(entitlementsOf(clients.stranger)).toEqual([]);
    });

    it('mails the member the invoice, with the document that the link leads to', async () => {
      const mail = await running.mailbox.waitForMail({ to: person('member').email, after: beforePremium });
      expect(mail.subject).toMatch(/Factură DIA-\d{4}-\d{6}$/);
      const raw = await fetch(`http://127.0.0.1:${running.ports.mailbox}/mails/${mail.id}/raw`);
      const { attachments } = await PostalMime.parse(await raw.arrayBuffer());
      const { data } = await clients.member.send(
        '{ me { invoices(first: 1) { nodes { number document { url fileName } } } } }',
      );
      const [{ number, document }] = data.me.invoices.nodes;
      expect(mail.subject).toContain(number);
      expect(attachments).toMatchObject([{ filename: document.fileName, mimeType: 'application/pdf' }]);
      const linked = Buffer.from(await (await fetch(document.url)).arrayBuffer());
      expect(linked.subarray(0, 5).toString()).toBe('%PDF-');
      expect(linked.equals(Buffer.from(attachments[0]!.content as ArrayBuffer))).toBe(true);
    });

    it('answers one query from all six subgraphs, with as many statements for five events as for one', async () => {
      for (let index = 0; index < 4; index++) {
        const title = `Harvest gathering ${index}`;
        const made = await publishEvent(clients.consul, {
          idempotencyKey: `more-${index}`,
          title,
          description: 'More.',
          city: 'Berlin',
          countryCode: 'DE',
        });
        await eventually(
          () =>
            post(clients.member, {
              idempotencyKey: `post-${index}`,
              text: title,
              language: 'en',
              eventId: made,
            }).catch(() => undefined),
          'the event in content',
        );
      }
      const ask = (first: number) => clients.member.must(homeQuery, { text: 'harvest', first });
      const all = await eventually(async () => {
        const data: any = await ask(5);
        return data.search.nodes.length === 5 ? data : undefined;
      }, 'five events in search');
      expect(all.me).toEqual({ displayName: 'The member', city: 'Berlin' });
      const event = all.search.nodes.find((node: { id: string }) => node.id === eventId);
      expect(event).toMatchObject({
        registeredCount: 2,
        organizer: { displayName: 'The consul', offices: [{ role: 'CONSUL', city: 'Berlin' }] },
        posts: {
          nodes: [
            {
              author: { displayName: 'The member' },
              commentCount: 1,
              comments: { nodes: [{ text: 'Thank you for coming!', author: { displayName: 'The consul' } }] },
            },
          ],
        },
      });
      expect(all.viewerSubscription).toEqual({ status: 'ACTIVE', plan: { code: 'PREMIUM_MONTHLY' } });
      expect(all.search.facets).toEqual([{ buckets: [{ value: 'Berlin', count: 5 }] }]);

      const one = await fewestStatements(running.ports, () => ask(1));
      const five = await fewestStatements(running.ports, () => ask(5));
      expect(five).toEqual(one);
      expect(Object.values(one).every((count) => count > 0)).toBe(true);
      expect(Object.values(one).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(25);
    });

    it('ends a session at once when the member signs out', async () => {
      const visitor = createClient(running.url);
      expect((await visitor.send('{ me { id } }')).data.me).toBeNull();
      await clients.stranger.must('mutation { logout { isSignedOut } }');
      const answer = await clients.stranger.send('{ me { id } }');
      expect(answer.status).toBe(401);
      expect(answer.errors?.[0]?.extensions).toMatchObject({
        code: 'UNAUTHENTICATED',
        reason: 'SESSION_REVOKED',
      });
    });

    it('keeps out at once whom the super user suspends, and finds them again when that is lifted', async () => {
      const query = '{ search(query: "consul", types: [PERSON], first: 5) { totalCount } }';
      const findable = (count: number) =>
        waitFor('member', query, (data) => data?.search.totalCount === count || undefined, `${count} found`);
      await findable(1);
      const input = { userId: ids.consul, reason: 'It has to be looked into.' };
      await clients.root.must(
        'mutation ($input: SuspendUserInput!) { suspendUser(input: $input) { userErrors { message } } }',
        { input },
      );
      expect(await reasonOf(clients.consul)).toMatch(/^SESSION_(STALE|REVOKED)$/);
      await expect(clients.consul.refresh()).rejects.toThrow();
      await expect(signIn(running.url, person('consul'))).rejects.toThrow('suspended');
      await findable(0);
      await clients.root.must(
        'mutation ($input: LiftSuspensionInput!) { liftSuspension(input: $input) { userErrors { message } } }',
        { input: { userId: ids.consul } },
      );
      clients.consul = await signIn(running.url, person('consul'));
      expect(await reasonOf(clients.consul)).toBeUndefined();
      await findable(1);
    });

    it('lets the super user look as the member, change nothing, and look no more after signing out', async () => {
      const look = async () => {
        const input = { userId: ids.member, reason: 'To see what you see.' };
        const { startImpersonation } = await clients.root.must(
          `mutation ($input: StartImpersonationInput!) {
            startImpersonation(input: $input) { accessToken userErrors { message } } }`,
          { input },
        );
        return createClient(running.url, { accessToken: startImpersonation.accessToken, refreshToken: '' });
      };
      const first = await look();
      expect((await first.must('{ me { id } }')).me.id).toBe(ids.member);
      await waitFor(
        'member',
        '{ notifications(first: 5) { nodes { type } } }',
        (data) =>
          data?.notifications.nodes.find(({ type }: { type: string }) => type === 'ACCOUNT_LOOKED_AT'),
        'the notice that somebody looks',
      );
      const refused = [
        await first.send('mutation { logout { isSignedOut } }'),
        await first.send('{ conversations(first: 1) { nodes { id } } }'),
        await first.send('{ sessions(first: 1) { nodes { id } } }'),
      ];
      expect(refused.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(Array(3).fill('FORBIDDEN'));
      await first.must('mutation { endImpersonation { hasEnded userErrors { message } } }');
      expect(await reasonOf(first)).toBe('SESSION_REVOKED');

      const second = await look();
      expect(await reasonOf(second)).toBeUndefined();
      await clients.root.must('mutation { logout { isSignedOut userErrors { message } } }');
      expect(await reasonOf(second)).toBe('SESSION_REVOKED');
    });
  });
}

/** Why the token of a client counts no more; undefined while it does. */
const reasonOf = async (client: Client) =>
  (await client.send('{ me { id } }')).errors?.[0]?.extensions.reason;

function entitlementsOf(client: Client): string[] {
  const [, payload = ''] = client.token()!.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { entitlements: string[] })
    .entitlements;
}

/**
 * SQL statements each subgraph sends for `work`: what other things come of what was done before only ever adds to some of
 * these attempts.
 */
async function fewestStatements(
  ports: Ports,
  work: () => Promise<unknown>,
): Promise<Record<SubgraphName, number>> {
  const attempts: Record<SubgraphName, number>[] = [];
  for (let attempt = 0; attempt < 10; attempt++) attempts.push(await statementsDuring(ports, work));
  return Object.fromEntries(
    subgraphNames.map((name) => [name, Math.min(...attempts.map((counts) => counts[name]))]),
  ) as Record<SubgraphName, number>;
}

/** SQL statements each subgraph sent while `work` ran, by their own counters. */
async function statementsDuring(
  ports: Ports,
  work: () => Promise<unknown>,
): Promise<Record<SubgraphName, number>> {
  const before = await statementCounts(ports);
  await work();
  const after = await statementCounts(ports);
  return Object.fromEntries(subgraphNames.map((name) => [name, after[name] - before[name]])) as Record<
    SubgraphName,
    number
  >;
}

async function statementCounts(ports: Ports): Promise<Record<SubgraphName, number>> {
  const counts = await Promise.all(
    subgraphNames.map(async (name) => {
      const metrics = await (await fetch(`http://127.0.0.1:${ports[name]}/metrics`)).text();
      return [name, Number(/^sql_statements_total (\d+)/m.exec(metrics)?.[1])] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<SubgraphName, number>;
}
