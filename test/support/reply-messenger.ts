import type { Clock } from '../../lambdas/shared/clock.ts';
import type {
  Messenger,
  NoPicture,
  OutboundMessage,
  SendResult,
} from '../../lambdas/whatsapp-replies/work/ports.ts';

/**
 * What becomes of a message: `sent` all is well, `lost` is sent and its answer lost, `vanished` neither sent nor
 * answered; `takenAfterMs` is one that times out and is taken so long after it was handed over.
 */
export type SendPlan =
  | Exclude<SendResult, { kind: 'sent' }>
  | 'sent'
  | 'lost'
  | 'vanished'
  | { takenAfterMs: number };

export interface Sent {
  sid: string;
  at: number;
  message: OutboundMessage;
}

export interface ScriptedMessenger extends Messenger {
  /** What customers got, in order. */
  readonly sent: Sent[];
  readonly bodies: string[];
  /** How often each body was handed over, whatever became of it. */
  readonly tries: string[];
  readonly typing: string[];
  /** By their addresses; an empty one stands for one that is too large, a function for what its fetch comes to. */
  readonly pictures: Map<string, Uint8Array | (() => NoPicture)>;
  /** The addresses that were fetched, in order. */
  readonly fetches: string[];
  /** The next sends go by these, one each; after them all are sent. */
  plan(...plans: SendPlan[]): void;
}

const sendTimeoutMs = 10_000;

export function scriptedMessenger(
  clock: Clock,
  onSent: (sent: Sent) => void = () => undefined,
): ScriptedMessenger {
  const sent: Sent[] = [];
  const tries: string[] = [];
  const typing: string[] = [];
  const pictures: ScriptedMessenger['pictures'] = new Map();
  const fetches: string[] = [];
  const plans: SendPlan[] = [];
  const unsure = { kind: 'unsure', cause: new Error('the connection was cut') } as const;
  const late: { message: OutboundMessage; at: number }[] = [];
  const deliver = (message: OutboundMessage, at = clock.now()): SendResult => {
    const one = { sid: `SMout${sent.length + 1}`, at, message };
    sent.push(one);
    onSent(one);
    return { kind: 'sent', messageSid: one.sid, status: 'queued' };
  };

  const takeLate = () => {
    for (const one of late.filter(({ at }) => at <= clock.now())) {
      late.splice(late.indexOf(one), 1);
      deliver(one.message, one.at);
    }
  };

  return {
    get sent() {
      takeLate();
      return sent;
    },
    tries,
    typing,
    pictures,
    fetches,
    get bodies() {
      takeLate();
      return sent.map(({ message }) => message.body);
    },
    plan: (...more) => void plans.push(...more),

    async send(message) {
      tries.push(message.body);
      const plan = plans.shift();
      if (plan === undefined || plan === 'sent') return deliver(message);
      if (plan === 'lost') deliver(message);
      if (typeof plan === 'string') return unsure;
      if (!('takenAfterMs' in plan)) return plan;
      late.push({ message, at: clock.now() + plan.takenAfterMs });
      await clock.sleep(sendTimeoutMs);
      return { ...unsure, mayComeLate: true };
    },

    async findAll({ to, from, body }, sinceMs) {
      takeLate();
      const isIt = ({ at, message }: Sent) =>
        at >= sinceMs && message.to === to && message.from === from && message.body === body;
      return sent
        .filter(isIt)
        .map(({ sid }) => sid)
        .reverse();
    },

    async showTyping(messageSid) {
      typing.push(messageSid);
    },

    async fetchPicture({ url }, { hold }) {
      fetches.push(url);
      const bytes = pictures.get(url);
      if (!bytes) return 'missing';
      if (typeof bytes === 'function') return bytes();
      if (bytes.length === 0) return 'too large';
      return hold(bytes.length) ? { contentType: 'image/jpeg', bytes } : 'no room';
    },
  };
}
