import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conversationIds } from '../ids.js';
import { actionsOn, membersOf } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

type Command =
  | { readonly do: 'add' | 'remove' | 'say' | 'leave'; readonly who: number; readonly whom: number }
  | { readonly do: 'policy'; readonly who: number; readonly isAll: boolean }
  | { readonly do: 'role'; readonly who: number; readonly whom: number; readonly role: Role };
type Role = 'OWNER' | 'ADMIN' | 'MEMBER';

/** What is written down of a group in the simplest way: who is in it, and which messages each may see. */
class Model {
  readonly roles = new Map<number, Role>([[0, 'OWNER']]);
  readonly seen = new Map<number, Set<number>>([[0, new Set([1])]]);
  sequence = 1;
  isAll = true;

  private write() {
    this.sequence++;
    for (const who of this.roles.keys()) this.seen.get(who)!.add(this.sequence);
  }
  private owners = () => [...this.roles.values()].filter((role) => role === 'OWNER').length;
  private isAdmin = (who: number) => ['OWNER', 'ADMIN'].includes(this.roles.get(who) ?? '');

  apply(command: Command): void {
    const { who } = command;
    if (!this.roles.has(who)) return;
    if (command.do === 'say') return this.write();
    if (command.do === 'policy') return void (this.isAdmin(who) && (this.isAll = command.isAll));
    if (command.do === 'leave') {
      if (this.roles.get(who) === 'OWNER' && this.owners() === 1 && this.roles.size > 1) return;
      this.write();
      return void this.roles.delete(who);
    }
    const { whom } = command;
    const target = this.roles.get(whom);
    if (command.do === 'add') return this.add(who, whom);
    if (!target) return;
    if (command.do === 'remove') {
      if (!this.isAdmin(who) || (target !== 'MEMBER' && this.roles.get(who) !== 'OWNER')) return;
      if (who === whom) return;
      this.write();
      return void this.roles.delete(whom);
    }
    if (command.do !== 'role' || this.roles.get(who) !== 'OWNER' || target === command.role) return;
    if (target === 'OWNER' && this.owners() === 1) return;
    this.roles.set(whom, command.role);
    this.write();
  }

  private add(who: number, whom: number) {
    if (!this.isAdmin(who) || this.roles.has(whom)) return;
    const before = this.seen.get(whom) ?? new Set<number>();
    this.seen.set(
      whom,
      this.isAll ? new Set(Array.from({ length: this.sequence }, (_, i) => i + 1)) : before,
    );
    this.roles.set(whom, 'MEMBER');
    this.write();
  }
}

const size = 4;
const person = fc.nat(size - 1);
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('add', 'remove', 'say', 'leave'), who: person, whom: person }),
    fc.record({ do: fc.constant('policy' as const), who: person, isAll: fc.boolean() }),
    fc.record({
      do: fc.constant('role' as const),
      who: person,
      whom: person,
      role: fc.constantFrom<Role[]>('OWNER', 'ADMIN', 'MEMBER'),
    }),
  ),
  { minLength: 10, maxLength: 20 },
);

describe('any sequence of what people do in a group', () => {
  let messaging: Messaging;
  let people: Member[];
  beforeAll(async () => {
    messaging = await givenMessaging();
    people = await Promise.all(
      Array.from({ length: size }, () => messaging.given.member({ entitlements: ['UNLIMITED_MESSAGING'] })),
    );
    for (const one of people) await messaging.given.friends(one, ...people.filter((other) => other !== one));
  });
  afterAll(() => messaging.stop());

  const run = async (id: string, command: Command) => {
    const actions = actionsOn(id);
    const who = people[command.who]!;
    if (command.do === 'say') return messaging.given.message(who, id);
    if (command.do === 'leave') return actions.leave(who);
    if (command.do === 'policy') return actions.policy(who, command.isAll ? 'ALL' : 'SINCE_JOINING');
    const whom = people[command.whom]!;
    if (command.do === 'role') return actions.role(who, whom, command.role);
    return command.do === 'add' ? actions.add(who, [whom]) : actions.remove(who, whom);
  };

  async function stateOf(id: string) {
    const first = await messaging.db.participant.findFirst({
      where: { conversationId: conversationIds.decode(id), leftAt: null },
    });
    const inside = people.find((each) => each.id === first?.userId);
    const roles = inside ? await membersOf(inside, id) : [];
    const seen = await Promise.all(people.map((each) => sequencesSeenBy(each, id)));
    return { roles: new Map(roles), seen };
  }
  async function sequencesSeenBy(who: Member, id: string): Promise<number[]> {
    const { data } = await who.execute(
      'query ($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { sequence } } } }',
      { id },
    );
    const nodes = (data.conversation?.messages.nodes ?? []) as { sequence: number }[];
    return nodes.map(({ sequence }) => sequence);
  }

  it('leaves members, roles and what each of them sees as a naive model has them', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const id = await messaging.given.group(people[0]!, []);
        const model = new Model();
        for (const command of sequence) {
          await run(id, command);
          model.apply(command);
        }
        const { roles, seen } = await stateOf(id);
        expect(roles).toEqual(
          new Map([...model.roles].map(([index, role]) => [people[index]!.publicId, role])),
        );
        expect(seen).toEqual(
          people.map((_, index) => [...(model.seen.get(index) ?? [])].sort((a, b) => a - b)),
        );
        const { memberCount, lastSequence } = await messaging.db.conversation.findUniqueOrThrow({
          where: { id: conversationIds.decode(id) },
        });
        expect({ memberCount, lastSequence }).toEqual({
          memberCount: model.roles.size,
          lastSequence: model.sequence,
        });
      }),
      { numRuns: 8, endOnFailure: true },
    );
  }, 120_000);
});
