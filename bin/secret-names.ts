import type { Target } from './command.ts';

/** The secrets of a deployment, as the stack names them. */
export const secretNames = {
  openAi: 'openai-api-key/whatsapp',
  twilio: 'whatsapp-credentials/twilio',
  mailbox: 'mailbox-api-key/email',
} as const;

export const secretId = ({ prefix, stage }: Target, name: string): string =>
  `${prefix}/${stage}/${name}`;
