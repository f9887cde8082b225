import type { SigningKeys } from '@diaspora/kit';
import { CompactSign, compactVerify, createLocalJWKSet } from 'jose';
import QRCode from 'qrcode';
import { z } from 'zod';
import { algorithm } from './keys.js';
import { qrPng } from './png.js';

export type Codes = ReturnType<typeof createCodes>;

/** Who is let in where, by what. Public ids. */
export interface Admittance {
  readonly kind: 'REGISTRATION' | 'TICKET';
  readonly id: string;
  readonly eventId: string;
  /** The code of a lower version lets nobody in any more. */
  readonly codeVersion: number;
}

/** What stands in a code; short names, for what is scanned is better small. */
const payload = z.object({
  kind: z.enum(['REGISTRATION', 'TICKET']),
  id: z.string(),
  event: z.string(),
  version: z.number().int(),
});

const type = 'checkin+jws';

/** Codes are compact JWS (RFC 7515) over an admittance: whoever has the published keys can verify them without us. */
export function createCodes(keys: SigningKeys) {
  const sign = async ({ kind, id, eventId, codeVersion }: Admittance): Promise<string> => {
    const { kid, key } = await keys.signer();
    const content: z.output<typeof payload> = { kind, id, event: eventId, version: codeVersion };
    return new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: algorithm, kid, typ: type })
      .sign(key);
  };

  /** What a code says; null for one that no key of ours signed. */
  async function read(code: string): Promise<Admittance | null> {
    const keySet = createLocalJWKSet(await keys.jwks());
    const verified = await compactVerify(code, keySet, { algorithms: [algorithm] }).catch(() => null);
    if (verified?.protectedHeader.typ !== type) return null;
    const { kind, id, event, version } = payload.parse(
      JSON.parse(new TextDecoder().decode(verified.payload)),
    );
    return { kind, id, eventId: event, codeVersion: version };
  }

  return { sign, read };
}

const look = { errorCorrectionLevel: 'M', margin: 4 } as const;

export const svgOf = (code: string): Promise<string> => QRCode.toString(code, { ...look, type: 'svg' });

/** Base64. */
export const pngOf = (code: string): string => qrPng(code, 6).toString('base64');
