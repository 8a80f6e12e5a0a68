import type { Identity } from '../protocol.ts';
import { type Api, type Call, Failure } from './api.ts';
import type { Kept } from './storage.ts';
import type { Resumed, Session, WidgetConfig } from './wire.ts';

export interface SessionOptions {
  api: Api;
  kept: Kept;
  clientId: string;
  /** Which the visitor prefers; the company says which it speaks. */
  language: string | undefined;
  /** What the page says of itself. */
  context: () => { page_url: string };
  newId: () => string;
  now: () => number;
}

interface Begun {
  key: string;
  body: object;
}

const aMinute = 60_000;

/** Whether the API says that a conversation is not, or no longer, this visitor's. */
const isNotOurs = ({ status, type }: Failure): boolean =>
  status === 404 || type.endsWith('identity-refused');

/** Who the visitor is to the API: the conversation, and the token that opens it. */
export function visitorSession(options: SessionOptions) {
  const { api, kept, clientId, now } = options;
  let session = kept.get<Session>('session');
  let identity = kept.get<Identity>('identity');
  let renewing: Promise<Resumed | undefined> | undefined;

  const take = <T extends Session>(come: T): T => {
    const { conversation_id, participant_id, token, token_expires_at } = come;
    session = { conversation_id, participant_id, token, token_expires_at };
    kept.set('session', session);
    kept.set('initiate', undefined);
    return come;
  };
  const forget = () => {
    session = undefined;
    for (const name of ['session', 'initiate', 'read', 'turn', 'ratings'])
      kept.set(name, undefined);
  };

  /** A new token for the same conversation; undefined where it is no longer ours, which is then forgotten. */
  function resume(): Promise<Resumed | undefined> {
    renewing ??= resumeOnce().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }
  async function resumeOnce(): Promise<Resumed | undefined> {
    if (!session && !identity) return undefined;
    const { conversation_id, token } = session ?? {};
    const body = {
      conversation_id,
      language: options.language,
      context: options.context(),
      ...(identity ? { visitor: identity } : { token }),
    };
    try {
      return take(
        await api.call<Resumed>('/conversations/resume', {
          method: 'POST',
          body,
          credential: clientId,
        }),
      );
    } catch (error) {
      if (!(error instanceof Failure) || !isNotOurs(error)) throw error;
      forget();
      return undefined;
    }
  }

  async function initiate(): Promise<Session> {
    const first = kept.get<Begun>('initiate') ?? {
      key: options.newId(),
      body: { language: options.language, context: options.context() },
    };
    // The same again, should the answer be lost: then it is the same conversation.
    kept.set('initiate', first);
    const { key, body } = first;
    try {
      return take(
        await api.call<Session>('/conversations/initiate', {
          method: 'POST',
          body: { ...body, visitor: identity },
          credential: clientId,
          headers: { 'idempotency-key': key },
        }),
      );
    } catch (error) {
      if (error instanceof Failure && !error.passing) kept.set('initiate', undefined);
      throw error;
    }
  }

  let opening: Promise<Session> | undefined;
  /** The conversation, which is begun where there is none. */
  function ensure(): Promise<Session> {
    if (session) return Promise.resolve(session);
    opening ??= initiate().finally(() => {
      opening = undefined;
    });
    return opening;
  }

  /** Calls with the visitor's token, which is renewed once where it is old or refused. */
  async function authorized<T>(call: (credential: string) => Promise<T>): Promise<T> {
    let { token, token_expires_at } = await ensure();
    if (Date.parse(token_expires_at) < now() + aMinute) {
      token = (await resume())?.token ?? (await ensure()).token;
    }
    try {
      return await call(token);
    } catch (error) {
      const refused = error instanceof Failure && [401, 403].includes(error.status);
      if (!refused) throw error;
      return call((await resume())?.token ?? (await ensure()).token);
    }
  }

  return {
    /** What another page of this visitor has stored; true where that is another conversation. */
    adopt(): boolean {
      const before = session?.conversation_id;
      session = kept.get<Session>('session');
      return session?.conversation_id !== before;
    },
    current: () => session,
    forget,
    resume,
    ensure,
    authorized,
    call: <T>(url: (conversation: string) => string, call: Omit<Call, 'credential'> = {}) =>
      authorized((credential) =>
        api.call<T>(url(encodeURIComponent(session?.conversation_id ?? '')), {
          ...call,
          credential,
        }),
      ),
    /** What the company has configured, for who has no conversation yet. */
    async config(): Promise<WidgetConfig> {
      const { language, context } = options;
      const query = new URLSearchParams({
        customer_id: clientId,
        ...context(),
        ...(language && { language }),
      });
      const { config } = await api.call<{ config: WidgetConfig }>(`/conversations/info?${query}`, {
        credential: clientId,
      });
      return config;
    },
    /** Another visitor from now on; true where it is not the one who was there. */
    identify(come: Identity | null): boolean {
      if (JSON.stringify(subjectOf(come)) === JSON.stringify(subjectOf(identity))) {
        if (come) identity = come;
        return false;
      }
      const wasNamed = identity !== undefined;
      identity = come ?? undefined;
      kept.set('identity', identity);
      // Each visitor has a conversation of his own: what was begun namelessly is none of a named one.
      forget();
      // What a named one has not sent yet is nobody else's.
      if (wasNamed) kept.set('outbox', undefined);
      return true;
    },
  };
}
export type VisitorSession = ReturnType<typeof visitorSession>;

/** Whom an identity names; a token of the same subject is the same visitor. */
function subjectOf(identity: Identity | null | undefined): unknown {
  if (!identity) return null;
  if (!('token' in identity)) return identity.user_id;
  try {
    const [, payload = ''] = identity.token.split('.');
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).sub;
  } catch {
    return identity.token;
  }
}
