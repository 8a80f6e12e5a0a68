import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { converse } from '../../../local/chat/conversation.ts';
import { Phone } from '../../../local/chat/phone.ts';
import { type Reaction, startProduct } from './product.ts';

const atTheEnd: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of atTheEnd.splice(0)) await end();
});

const aConversation = async (react: Reaction) => {
  const { simulator, close } = await startProduct(react);
  atTheEnd.push(close);
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const phone = new Phone(simulator.url, '+15551230001', '+14155238886');
  const end = converse(phone, input, output);
  await expect.poll(() => shown).toContain('> ');
  return { input, end, shown: () => shown, simulator };
};

describe('a conversation in the terminal', () => {
  it('shows ticks, typing and the reply, and ends with /quit', async () => {
    const { input, end, shown } = await aConversation(({ Body }) => [`You said ${Body}.`]);

    input.write('Hello\r');
    await expect.poll(shown).toContain('You said Hello.\n');
    input.write('/quit\r');
    await end;

    expect(shown()).toContain('✓✓');
    expect(shown()).toContain('typing…');
  });

  it('says why a message was refused, and continues', async () => {
    const { input, end, shown } = await aConversation(({ Body }) =>
      Body === 'Again' ? ['Welcome back.'] : new Response('Out of order', { status: 503 }),
    );

    input.write('Hello\r');
    await expect.poll(shown).toContain('refused the message with status 503: Out of order');
    input.write('Again\r');
    await expect.poll(shown).toContain('Welcome back.');

    input.write('/quit\r');
    await end;
  });

  it('cannot be steered by what the product says', async () => {
    const { input, end, shown } = await aConversation(({ Body }) =>
      Body === 'Hello'
        ? ['\u001b]0;pwned\u0007Dear\nAda']
        : new Response('no\u009b1m', { status: 503 }),
    );

    input.write('Hello\r');
    await expect.poll(shown).toContain('\\u001b]0;pwned\\u0007Dear\nAda\n');
    input.write('Again\r');
    await expect.poll(shown).toContain('status 503: no\\u009b1m');
    input.write('/quit\r');
    await end;
  });

  it('says that no reply comes after STOP', async () => {
    const { input, end, shown } = await aConversation(() => []);

    input.write('stop\r');
    await expect.poll(shown).toContain('No reply comes after STOP');

    input.write('/quit\r');
    await end;
  });

  it('ends with Ctrl-C', async () => {
    const { input, end } = await aConversation(() => []);

    input.write('\x03');

    await expect(end).resolves.toBeUndefined();
  });
});
