import {
  idOf,
  makeEventOwner,
  publishEvent,
  sellTickets,
  signUp,
  type Client,
  type Person,
} from '@diaspora/local';
import type { Machine } from '../machine.js';

const person = (index: number): Person => ({
  email: index === 0 ? 'root@diaspora.example' : `buyer-${index}@bench.example`,
  password: `the good password of ${index}`,
  displayName: index === 0 ? 'Desk' : `Buyer ${index}`,
  countryOfOrigin: 'RO',
  countryOfResidence: 'DE',
  city: 'Berlin',
  languages: ['en'],
});

/** Somebody who may sell tickets, and people who buy them. */
export async function givenPeople(machine: Machine, buyers: number) {
  const [root, seller, ...others] = await signUpAll(machine, buyers + 2);
  await makeEventOwner(root!, await idOf(seller!));
  await seller!.refresh();
  return { seller: seller!, buyers: others };
}

/** Eight at a time, the desk first. */
async function signUpAll({ router, mailbox }: Machine, count: number): Promise<Client[]> {
  const clients: Client[] = [await signUp(router.url, mailbox, person(0))];
  let next = 1;
  const work = async () => {
    for (let index = next++; index < count; index = next++)
      clients[index] = await signUp(router.url, mailbox, person(index));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return clients;
}

/** A published event with so many places; answers the type of its tickets. */
export async function openSale(seller: Client, key: string, capacity: number): Promise<string> {
  const eventId = await publishEvent(seller, {
    idempotencyKey: `event ${key}`,
    title: 'Something everybody wants to see',
    description: 'With music.',
    city: 'Berlin',
    countryCode: 'DE',
    type: 'FREE',
    capacity,
  });
  return sellTickets(seller, {
    idempotencyKey: `ticket ${key}`,
    eventId,
    name: 'Regular',
    priceMinor: 1_000,
  });
}

/** The value that such a share of the values does not pass. */
export const quantile = (values: readonly number[], share: number): string => {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(0);
};
