import type { NotificationType } from '../__generated__/prisma/client.js';

/** What a sentence can name. */
export interface Facts {
  /** Who did it. */
  readonly actor: string;
  /** The event it is about. */
  readonly event: string;
  /** Of a membership. */
  readonly years: number;
}

/** All that is said outside the applications, in one language. */
export interface Words {
  readonly direction: 'ltr' | 'rtl';
  /** Where nobody knows the name. */
  readonly somebody: string;
  readonly anEvent: string;
  readonly sentences: Readonly<Record<NotificationType, (facts: Facts) => string>>;
  /** The sentence, and the name of the group it is about. */
  readonly inGroup: (sentence: string, group: string) => string;
  readonly digest: (count: number) => string;
  readonly open: string;
  /** Beside the link that ends mails of a kind. */
  readonly unsubscribe: string;
  readonly unsubscribeAll: string;
  readonly page: {
    readonly title: string;
    /** Before and after it is done; `all`: of all mails rather than of a kind. */
    readonly question: (all: boolean) => string;
    readonly button: string;
    readonly done: (all: boolean) => string;
    readonly unknown: string;
  };
  /** In the chat that a person connects. */
  readonly chatCode: (code: string) => string;
}
