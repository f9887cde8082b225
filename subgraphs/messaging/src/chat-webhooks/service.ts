import { randomInt } from 'node:crypto';
import { AppError, parseInput, type Clock, type Sealer } from '@diaspora/kit';
import type { ChatWebhook } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { chatWebhookIds } from '../ids.js';
import { languageOf, wordsIn } from '../words/index.js';
import type { TargetAnswer, Targets } from '../targets.js';
import { codeHash, connectionInput, escapeForChat } from './rules.js';

export type ChatWebhooks = ReturnType<typeof createChatWebhooks>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly targets: Targets;
  /** Where such webhooks are. */
  readonly hosts: readonly string[];
}

const maxWebhooks = 5;

const noSuchChat = () => new AppError('NOT_FOUND', 'There is no such chat.', { path: ['chatWebhookId'] });

export function createChatWebhooks({ db, clock, sealer, targets, hosts }: Dependencies) {
  const listOf = (personId: string): Promise<ChatWebhook[]> =>
    db.chatWebhook.findMany({ where: { personId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });

  /** Whoever can read the code there is somebody of that chat. */
  async function connect(personId: string, input: unknown): Promise<ChatWebhook> {
    const { name, url } = parseInput(connectionInput, input);
    if (!hosts.includes(new URL(url).host))
      throw new AppError('INVALID_INPUT', `The address must be one of ${hosts.join(', ')}.`, {
        path: ['url'],
      });
    targets.assertAllowed(url, ['url']);
    const id = chatWebhookIds.create();
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const webhook = { id, personId, name, sealedUrl: sealer.seal(url), codeHash: codeHash(id, code) };
    const kept = await keep({ ...webhook, createdAt: clock.now() });
    const person = await db.knownPerson.findUnique({ where: { id: personId } });
    const words = wordsIn(languageOf(person?.languages ?? []));
    const isTaken = await write(url, words.chatCode(code)).then(
      ({ status }) => status < 300,
      () => false,
    );
    if (isTaken) return kept;
    await db.chatWebhook.deleteMany({ where: { id } });
    throw new AppError('INVALID_INPUT', 'Nobody takes messages at this address.', { path: ['url'] });
  }

  /** Under a lock of the person, so that two at a time are counted one after the other. */
  const keep = (webhook: Omit<ChatWebhook, 'status' | 'attemptsLeft'>): Promise<ChatWebhook> =>
    db.$transaction(async (tx) => {
      const { personId } = webhook;
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`chats:${personId}`}, 0))`;
      if ((await tx.chatWebhook.count({ where: { personId } })) >= maxWebhooks)
        throw new AppError('CONFLICT', `You can connect ${maxWebhooks} chats at most.`, { path: ['url'] });
      return tx.chatWebhook.create({ data: webhook });
    });

  async function confirm(personId: string, id: string, code: string): Promise<ChatWebhook> {
    const [attempt] = await db.chatWebhook.updateManyAndReturn({
      where: { id, personId, status: 'PENDING', attemptsLeft: { gt: 0 } },
      data: { attemptsLeft: { decrement: 1 } },
    });
    if (!attempt) throw noSuchChat();
    if (attempt.codeHash !== codeHash(id, code))
      throw new AppError('INVALID_INPUT', 'This is not the code that we sent there.', { path: ['code'] });
    return db.chatWebhook.update({ where: { id }, data: { status: 'ACTIVE', codeHash: null } });
  }

  async function remove(personId: string, id: string): Promise<void> {
    const { count } = await db.chatWebhook.deleteMany({ where: { id, personId } });
    if (count === 0) throw noSuchChat();
  }

  const idsOf = (tx: Transaction, personIds: readonly string[]) =>
    tx.chatWebhook.findMany({
      where: { personId: { in: [...personIds] }, status: 'ACTIVE' },
      select: { id: true, personId: true },
    });

  /** Where to write; null when the chat is gone. */
  async function targetOf(tx: Transaction, id: string): Promise<string | null> {
    const webhook = await tx.chatWebhook.findUnique({ where: { id, status: 'ACTIVE' } });
    return webhook && sealer.open(webhook.sealedUrl);
  }

  /** The other side takes nothing any more: its owner sees that in the list. */
  const markBroken = async (tx: Transaction, id: string): Promise<void> => {
    await tx.chatWebhook.updateMany({ where: { id }, data: { status: 'BROKEN' } });
  };

  /** Throws TargetUnreachable or TargetSilent. */
  const write = (url: string, text: string, link?: { url: string; text: string }): Promise<TargetAnswer> => {
    const suffix = link ? ` <${link.url}|${escapeForChat(link.text)}>` : '';
    return targets.post(url, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: escapeForChat(text) + suffix }),
      redirect: 'error',
    });
  };

  return { listOf, connect, confirm, remove, idsOf, targetOf, markBroken, write };
}
