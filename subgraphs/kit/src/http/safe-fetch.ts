import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch as undiciFetch, Headers, type RequestInit } from 'undici';

const timeoutMs = 10_000;
const mostBytes = 8 * 1_048_576;

/** What is not on the internet (RFC 6890). */
const inner = {
  4: blocked('ipv4', [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
    ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
    ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ]),
  // Only 2000::/3 is given out; of that, tunnels and documentation lead elsewhere or nowhere.
  6: blocked('ipv6', ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16']),
};

function blocked(family: 'ipv4' | 'ipv6', subnets: readonly string[]) {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network, bits] = subnet.split('/') as [string, string];
    list.addSubnet(network, Number(bits), family);
  }
  return (address: string): boolean => list.check(address, family);
}

export const isPublicAddress = (address: string): boolean => {
  const version = isIP(address) as 0 | 4 | 6;
  return version !== 0 && !inner[version](address);
};

const refused = (host: string) => new Error(`${host} is not an address on the internet`);

/** Looks the name up for the connection itself: an address is checked and used, and never looked up again in between. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '', 0);
    const isPublic = found.length > 0 && found.every(({ address }) => isPublicAddress(address));
    if (!isPublic) return callback(refused(hostname), '', 0);
    if (options.all) return callback(null, found);
    callback(null, found[0]!.address, found[0]!.family);
  });
};

/** As settings name it: `erp.internal:8443`. */
const namedAs = ({
  hostname,
  protocol,
  port,
}: {
  hostname: string;
  protocol: string;
  port: string;
}): string => `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;

export const isNamedHost = (address: string, hosts: readonly string[]): boolean =>
  hosts.includes(namedAs(new URL(address)));

/**
 * A fetch for addresses that people name: HTTPS to the internet and nowhere else, redirects included, with limits of time
 * and size. `innerHosts` names those in the own network that may be reached all the same, each with its port; `isOpen`
 * lets it go everywhere, for tests.
 */
export function createSafeFetch({
  isOpen = false,
  innerHosts = [],
}: { readonly isOpen?: boolean; readonly innerHosts?: readonly string[] } = {}): typeof fetch {
  const connectAnywhere = buildConnector({ timeout: timeoutMs });
  const connectOutside = buildConnector({ timeout: timeoutMs, lookup: publicLookup });
  const agent = new Agent({
    ...{ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, maxResponseSize: mostBytes },
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      const isFine = options.protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host));
      if (isOpen || innerHosts.includes(namedAs(options))) connectAnywhere(options, callback);
      else if (isFine) connectOutside(options, callback);
      else callback(refused(host), null);
    },
  });
  return (async (input: string, { headers, signal, ...init }: RequestInit = {}) => {
    const response = await undiciFetch(input, {
      ...init,
      headers: plainly(headers),
      dispatcher: agent,
      signal: AbortSignal.any([AbortSignal.timeout(3 * timeoutMs), ...(signal ? [signal] : [])]),
    });
    await assertPlain(response);
    return response;
  }) as never;
}

/** The limit of size counts what arrives: of an answer that is compressed, a little would become very much. */
function plainly(headers: RequestInit['headers']): Headers {
  const plain = new Headers(headers);
  plain.set('accept-encoding', 'identity');
  return plain;
}

async function assertPlain({ headers, body, url }: Awaited<ReturnType<typeof undiciFetch>>): Promise<void> {
  const coding = headers.get('content-encoding') ?? 'identity';
  if (coding.trim().toLowerCase() === 'identity') return;
  await body?.cancel();
  throw new Error(`${new URL(url).host} sends what was asked for compressed (${coding.slice(0, 40)})`);
}
