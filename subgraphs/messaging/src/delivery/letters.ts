import type { Notification } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { notificationIds } from '../ids.js';
import { languageOf, wordsIn, type Language, type Words } from '../words/index.js';

export type Letters = ReturnType<typeof createLetters>;

/** One notification in the language of its recipient. */
export interface Line {
  readonly text: string;
  /** Where the application shows it; null where nobody said where that is. */
  readonly url: string | null;
}

export interface Letter {
  readonly language: Language;
  readonly subject: string;
  readonly lines: readonly Line[];
}

/** What notifications say: nothing but names and titles that their recipient may know. */
export function createLetters({ appUrl }: { readonly appUrl: string | null }) {
  async function write(
    tx: Transaction,
    recipientId: string,
    notifications: readonly Notification[],
  ): Promise<Letter> {
    const actorIds = notifications.flatMap(({ actorId }) => actorId ?? []);
    const people = await tx.knownPerson.findMany({ where: { id: { in: [recipientId, ...actorIds] } } });
    const events = await tx.knownEvent.findMany({
      where: { id: { in: notifications.map(({ subjectId }) => subjectId) } },
    });
    const groups = await groupsOf(tx, recipientId, notifications);
    const names = new Map(people.map(({ id, displayName }) => [id, displayName]));
    const titles = new Map(events.map(({ id, title }) => [id, title]));
    const language = languageOf(people.find(({ id }) => id === recipientId)?.languages ?? []);
    const words = wordsIn(language);
    const lines = notifications.map((notification) => ({
      text: sentence(words, notification, {
        actor: names.get(notification.actorId ?? ''),
        event: titles.get(notification.subjectId),
        group: groups.get(notification.objectId ?? ''),
      }),
      url: appUrl && `${appUrl}/notifications/${notificationIds.encode(notification.id)}`,
    }));
    const subject = lines.length === 1 ? lines[0]!.text : words.digest(lines.length);
    return { language, subject, lines };
  }

  return { write };
}

/** Names of the groups in which the recipient takes part now, by key. */
async function groupsOf(
  tx: Transaction,
  userId: string,
  notifications: readonly Notification[],
): Promise<Map<string, string>> {
  const conversationId = { in: notifications.flatMap(({ objectId }) => objectId ?? []) };
  if (conversationId.in.length === 0) return new Map();
  const sides = await tx.participant.findMany({
    where: { userId, conversationId, leftAt: null, conversation: { kind: 'GROUP' } },
    select: { conversationId: true, conversation: { select: { name: true } } },
  });
  return new Map(sides.map((side) => [side.conversationId, side.conversation.name!]));
}

interface Named {
  readonly actor: string | undefined;
  readonly event: string | undefined;
  readonly group: string | undefined;
}

function sentence(words: Words, { type, occasion }: Notification, { actor, event, group }: Named): string {
  const isolated = (name: string) => (words.direction === 'rtl' ? `\u2068${name}\u2069` : name);
  const said = words.sentences[type]({
    actor: actor === undefined ? words.somebody : isolated(actor),
    event: event === undefined ? words.anEvent : isolated(event),
    years: type === 'MEMBERSHIP_ANNIVERSARY' ? Number(occasion) : 0,
  });
  return group === undefined ? said : words.inGroup(said, isolated(group));
}
