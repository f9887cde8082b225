import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export type Sealer = ReturnType<typeof createSealer>;

/** Secrets at rest, sealed with AES-256-GCM. What is sealed for one purpose does not open for another. */
export function createSealer(secret: string, purpose: string) {
  const key = createHash('sha256').update(`${purpose}:${secret}`).digest();
  return {
    seal: (plain: string): string => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url')).join('.');
    },
    /** Throws for what is damaged, or was sealed by another secret. */
    open: (sealed: string): string => {
      const [iv, tag, body] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'));
      if (!iv || !tag || !body) throw new Error(`what was sealed for ${purpose} is damaged`);
      // Of a shorter tag fewer bits would have to be guessed.
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}
