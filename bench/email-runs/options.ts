import { existsSync } from 'node:fs';
import path from 'node:path';
import type { parseArgs } from 'node:util';
import type { dependencyKinds, sendModes } from '../../lambdas/email-deadlines/routes.ts';
import { type Command, readCommand } from '../../local/command.ts';
import type { RunOrder } from '../../local/simulators/mailbox/run-order.ts';
import { shapes } from './graphs.ts';
import type { MailOrder } from './mail.ts';

export const usage = `Runs emails on the local cloud and grades how they were answered.

  npm run email -- [--emails 50] [--shape layered] [options]

  --emails N            how many; 50 by default
  --shape SHAPE         ${shapes.join(', ')}; mixed by default
  --real                threads of public mail in place of a shape
  --tight               deadlines that only a good order keeps (loose by default)
  --seed N              another run of the same kind
  --content             a reply is written knowing those before it (only their order counts by default)
  --just-in-time        each is sent as late as is safe
  --fail PERCENT        so many of the posts are answered 503
  --svg FILE            the timeline as a picture, too`;

/** The emails that the mailbox is to serve, and how often its requests fail. */
type EmailOrder = MailOrder & Pick<RunOrder, 'faults'> & { mail: 'made' | 'real' };

export interface EmailOptions {
  order: EmailOrder;
  dependencyKind: (typeof dependencyKinds)[number];
  send: (typeof sendModes)[number];
  svg?: string;
}

export type EmailCommand = Command<EmailOptions>;

const options = {
  emails: { type: 'string', default: '50' },
  shape: { type: 'string', default: 'mixed' },
  seed: { type: 'string', default: '1' },
  fail: { type: 'string', default: '0' },
  svg: { type: 'string' },
  real: { type: 'boolean', default: false },
  tight: { type: 'boolean', default: false },
  content: { type: 'boolean', default: false },
  'just-in-time': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const maxEmails = 10_000;
const workers = 64;

/** What was asked for, or why it cannot be done, in one line. */
export const parseCommand = (args: string[]): EmailCommand =>
  readCommand(args, { script: 'email', options, allowPositionals: false }, commandOf);

function commandOf(
  values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'],
): EmailCommand {
  if (values.help) return { kind: 'help' };
  const [count, seed, fail] = [Number(values.emails), Number(values.seed), Number(values.fail)];
  const shape = shapes.find((one) => one === values.shape);
  if (!Number.isInteger(count) || count < 1 || count > maxEmails) {
    return { kind: 'wrong', reason: `--emails is a whole number from 1 to ${maxEmails}.` };
  }
  if (!shape) return { kind: 'wrong', reason: `--shape is one of ${shapes.join(', ')}.` };
  if (!Number.isInteger(seed)) return { kind: 'wrong', reason: '--seed is a whole number.' };
  if (!(fail >= 0 && fail <= 90))
    return { kind: 'wrong', reason: '--fail is a percentage up to 90.' };
  if (values.svg && !existsSync(path.dirname(path.resolve(values.svg)))) {
    return { kind: 'wrong', reason: `--svg: there is no folder for ${values.svg}.` };
  }
  const order: EmailOrder = {
    count,
    shape,
    seed,
    mail: values.real ? 'real' : 'made',
    tightness: values.tight ? 'tight' : 'loose',
    workers,
    // Tight deadlines leave a run time to begin.
    headStartMs: 3_000,
    ...(fail > 0 && { faults: { unavailable: fail / 100 } }),
  };
  return {
    kind: 'run',
    options: {
      order,
      dependencyKind: values.content ? 'content' : 'order',
      send: values['just-in-time'] ? 'just_in_time' : 'asap',
      ...(values.svg && { svg: values.svg }),
    },
  };
}
