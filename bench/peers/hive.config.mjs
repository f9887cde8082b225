/**
 * Hive Gateway as it comes. SHARING=on shares identical work in flight, at its own door and at the subgraphs';
 * FORWARDING=on passes the Authorization header on.
 */
const shares = process.env.SHARING === 'on';

const forward = ({ request }) => {
  const authorization = request.headers.get('authorization');
  return authorization ? { authorization } : undefined;
};

export const gatewayConfig = {
  ...(process.env.FORWARDING === 'on' && { propagateHeaders: { fromClientToSubgraphs: forward } }),
  inboundInflightRequestDeduplication: shares,
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: shares } } },
};
