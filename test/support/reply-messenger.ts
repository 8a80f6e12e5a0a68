import type { Clock } from '../../lambdas/runtime/clock.ts';
import type {
  Messenger,
  OutboundMessage,
  SendResult,
} from '../../lambdas/whatsapp-replies/domain/ports.ts';

/** What becomes of a message: `sent` all is well, `lost` is sent and its answer lost, `vanished` neither sent nor answered. */
export type SendPlan = Exclude<SendResult, { kind: 'sent' }> | 'sent' | 'lost' | 'vanished';

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
  /** By their addresses; an empty one stands for one that is too large. */
  readonly pictures: Map<string, Uint8Array>;
  /** The next sends go by these, one each; after them all are sent. */
  plan(...plans: SendPlan[]): void;
}

export function scriptedMessenger(
  clock: Pick<Clock, 'now'>,
  onSent: (sent: Sent) => void = () => undefined,
): ScriptedMessenger {
  const sent: Sent[] = [];
  const tries: string[] = [];
  const typing: string[] = [];
  const pictures = new Map<string, Uint8Array>();
  const plans: SendPlan[] = [];
  const unsure: SendResult = { kind: 'unsure', cause: new Error('the connection was cut') };
  const deliver = (message: OutboundMessage): SendResult => {
    const one = { sid: `SMout${sent.length + 1}`, at: clock.now(), message };
    sent.push(one);
    onSent(one);
    return { kind: 'sent', messageSid: one.sid, status: 'queued' };
  };

  return {
    sent,
    tries,
    typing,
    pictures,
    get bodies() {
      return sent.map(({ message }) => message.body);
    },
    plan: (...more) => void plans.push(...more),

    async send(message) {
      tries.push(message.body);
      const plan = plans.shift();
      if (plan === undefined || plan === 'sent') return deliver(message);
      if (plan === 'lost') deliver(message);
      return typeof plan === 'string' ? unsure : plan;
    },

    async find({ to, from, body }, sinceMs, notSids) {
      const isIt = ({ sid, at, message }: Sent) =>
        at >= sinceMs &&
        message.to === to &&
        message.from === from &&
        message.body === body &&
        !notSids.includes(sid);
      return sent.findLast(isIt)?.sid;
    },

    async showTyping(messageSid) {
      typing.push(messageSid);
    },

    async fetchImage(url) {
      const bytes = pictures.get(url);
      if (!bytes) return 'missing';
      return bytes.length > 0 ? { contentType: 'image/jpeg', bytes } : 'too large';
    },
  };
}
