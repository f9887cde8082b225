import { createHash, randomBytes } from 'node:crypto';
import { createSealer, minuteMs, type Clock } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import type { Claims } from './claims.js';
import type { Proof } from './providers.js';

/** Signing in somewhere takes people minutes; so does telling who they are for the first time. */
const lifetimeMs = 15 * minuteMs;

const draw = (): string => randomBytes(32).toString('base64url');
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** What somebody went to a provider with. */
export interface Question extends Proof {
  readonly provider: string;
  readonly redirectUri: string;
  /** Of whoever links; null for a sign-in. */
  readonly accountId: string | null;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly secret: string;
}

/**
 * What is between the steps of a federated sign-in: asked of a provider, or told by one and not yet an account. Each can
 * be taken once, only by the client that began, which has a secret, and for a quarter of an hour. Of both secrets only
 * hashes are kept, and the rest is sealed.
 */
export function createPending({ db, clock, secret }: Dependencies) {
  const questions = createSealer(secret, 'federated-questions');
  const answers = createSealer(secret, 'federated-answers');
  const end = () => new Date(clock.now().getTime() + lifetimeMs);

  return {
    /** Random values for a question: 256 bits each. */
    drawProof: (): Proof => ({ state: draw(), nonce: draw(), verifier: draw() }),

    /** Answers the secret that its client keeps. */
    ask: async (question: Question): Promise<{ secret: string; expiresAt: Date }> => {
      const clientSecret = draw();
      const expiresAt = end();
      await db.federatedQuestion.create({
        data: {
          stateHash: hashOf(question.state),
          secretHash: hashOf(clientSecret),
          sealed: questions.seal(JSON.stringify(question)),
          expiresAt,
        },
      });
      return { secret: clientSecret, expiresAt };
    },

    /** The question of this state, asked by the holder of this secret. Of several who take it one gets it. */
    takeQuestion: async (state: string, clientSecret: string): Promise<Question | undefined> => {
      const where = { stateHash: hashOf(state), secretHash: hashOf(clientSecret) };
      const [row] = await db.$queryRaw<{ sealed: string; expires_at: Date }[]>`
        DELETE FROM federated_questions
        WHERE state_hash = ${where.stateHash} AND secret_hash = ${where.secretHash}
        RETURNING sealed, expires_at`;
      if (!row || row.expires_at <= clock.now()) return undefined;
      return JSON.parse(questions.open(row.sealed)) as Question;
    },

    /** Keeps who came back until they say the rest. */
    keepAnswer: async (claims: Claims, clientSecret: string): Promise<Date> => {
      const expiresAt = end();
      await db.federatedAnswer.create({
        data: {
          secretHash: hashOf(clientSecret),
          sealed: answers.seal(JSON.stringify(claims)),
          expiresAt,
        },
      });
      return expiresAt;
    },

    /** Looks at who came back, and leaves them. */
    seeAnswer: async (clientSecret: string): Promise<Claims | undefined> => {
      const row = await db.federatedAnswer.findUnique({ where: { secretHash: hashOf(clientSecret) } });
      if (!row || row.expiresAt <= clock.now()) return undefined;
      return JSON.parse(answers.open(row.sealed)) as Claims;
    },

    /** In the transaction of what it is taken for: it stays when that fails. */
    takeAnswer: async (tx: Transaction, clientSecret: string): Promise<Claims | undefined> => {
      const [row] = await tx.$queryRaw<{ sealed: string; expires_at: Date }[]>`
        DELETE FROM federated_answers WHERE secret_hash = ${hashOf(clientSecret)} RETURNING sealed, expires_at`;
      if (!row || row.expires_at <= clock.now()) return undefined;
      return JSON.parse(answers.open(row.sealed)) as Claims;
    },

    /** Each night. */
    forget: async (): Promise<void> => {
      const isOver = { where: { expiresAt: { lte: clock.now() } } };
      await db.federatedQuestion.deleteMany(isOver);
      await db.federatedAnswer.deleteMany(isOver);
    },
  };
}

export type Pending = ReturnType<typeof createPending>;
