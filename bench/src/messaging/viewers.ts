import { idType, signViewer, VIEWER_HEADER, type Viewer } from '@diaspora/kit';

export const conversationIds = idType('cnv');

/** Epoch milliseconds with their fractions: the same clock for all processes of a machine. */
export const now = (): number => performance.timeOrigin + performance.now();

/** What the router sends along for a person. */
export function signed(personId: string, secret: string): Record<string, string> {
  const viewer: Viewer = {
    id: personId,
    kind: 'person',
    sessionId: personId,
    roles: ['REGULAR'],
    scopes: [],
    entitlements: ['UNLIMITED_MESSAGING'],
    offices: [],
  };
  return { [VIEWER_HEADER]: signViewer(viewer, { secret, requestId: personId }) };
}
