import { describe, expect, it } from '@jest/globals';
import { assertMayAppoint, mayAppoint, type Appointer } from './rules.js';

const person = (overrides: Partial<Appointer> = {}): Appointer => ({
  id: 'appointer',
  isSuperUser: false,
  offices: [],
  ...overrides,
});
const ambassador = person({ offices: [{ role: 'AMBASSADOR', countryCode: 'DE' }] });
const consul = person({ offices: [{ role: 'CONSUL', countryCode: 'DE' }] });
const superUser = person({ isSuperUser: true });

describe('who may appoint', () => {
  it.each([
    ['a super user appoints an ambassador', superUser, 'AMBASSADOR', 'DE', true],
    ['a super user appoints a consul', superUser, 'CONSUL', 'DE', true],
    ['an ambassador appoints a consul of the own country', ambassador, 'CONSUL', 'DE', true],
    ['an ambassador appoints no consul of another country', ambassador, 'CONSUL', 'FR', false],
    ['an ambassador appoints no ambassador', ambassador, 'AMBASSADOR', 'DE', false],
    ['a consul appoints nobody', consul, 'CONSUL', 'DE', false],
    ['a member appoints nobody', person(), 'CONSUL', 'DE', false],
  ] as const)('%s', (_name, appointer, role, countryCode, isAllowed) => {
    expect(mayAppoint(appointer, role, { countryCode })).toBe(isAllowed);
  });

  it('nobody appoints themselves, super users included', () => {
    const appointment = { role: 'CONSUL' as const, countryCode: 'DE', city: 'Berlin', holderId: 'appointer' };
    expect(() => assertMayAppoint(superUser, appointment)).toThrow('Nobody appoints themselves.');
  });
});
