import * as z from 'zod/mini';
import { fileBounds } from '../conversations/file-bounds.ts';
import { language } from '../conversations/text.ts';
import { feature } from '../shared/features/feature.ts';
import { displayName } from '../tenancy/tenant.ts';

/** An origin exactly as browsers write it: https, or http on the developer's own machine. */
const origin = z.string().check(
  z.maxLength(300),
  z.refine((text) => isOrigin(text), {
    error: 'It is no origin such as https://www.example.com, without a path or a slash at its end.',
  }),
);

function isOrigin(text: string): boolean {
  // A star stands for nothing: origins are compared whole.
  if (!URL.canParse(text) || text.includes('*')) return false;
  const { origin, protocol, hostname } = new URL(text);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && isLoopback));
}

const colour = z
  .string()
  .check(z.regex(/^#[0-9a-fA-F]{6}$/, { error: 'It is no colour such as #1a2b3c.' }));

const said = (maxChars: number, what: string) =>
  z
    .optional(z.string().check(z.regex(/\S/, { error: 'It is empty.' }), z.maxLength(maxChars)))
    .check(z.describe(what));

/** What the chat says in one language; the widget has words of its own for what is left out. */
const texts = z.strictObject({
  title: said(100, 'Above the conversation; the name where it is left out'),
  subtitle: said(200, 'Below the title'),
  greeting: said(1_000, 'What stands where a conversation begins'),
  placeholder: said(100, 'In the field for the message'),
  open: said(100, 'Of the button that opens the chat'),
  person: said(100, 'Of the button that asks for a person'),
  notice: said(1_000, 'A notice below the field, such as of your privacy policy'),
});
export type ChatTexts = z.output<typeof texts>;

const count = (least: number, most: number, usual: number, what: string) =>
  z._default(z.int().check(z.gte(least), z.lte(most)), usual).check(z.describe(what));

const rates = z.strictObject({
  conversations_per_day: count(1, 1_000_000, 5_000, 'Conversations that begin in a day, in all'),
  conversations_per_address_and_hour: count(
    1,
    10_000,
    30,
    'Conversations that begin or are resumed from one network address in an hour',
  ),
  messages_per_minute: count(1, 600, 20, 'Messages of one conversation in a minute'),
  messages_per_day: count(1, 10_000, 300, 'Messages of one conversation in a day'),
});

const identity = z.strictObject({
  required: z
    ._default(z.boolean(), false)
    .check(z.describe('Whether only visitors whom your own server names may chat')),
  version: z
    ._default(z.int().check(z.gte(1), z.lte(1_000_000)), 1)
    .check(
      z.describe(
        'One more makes a new identity secret; the one before is accepted too, until the next',
      ),
    ),
});

/** How a company's customers chat on its web pages. */
const webchat = z
  .strictObject({
    enabled: z._default(z.boolean(), true).check(z.describe('Whether visitors may chat')),
    name: z._default(displayName, 'Chat').check(z.describe('Who answers, as visitors see it')),
    allowed_origins: z
      .array(origin)
      .check(
        z.minLength(1),
        z.maxLength(50),
        z.describe(
          'The pages on which the chat may be, by their origin such as `https://www.example.com`',
        ),
      ),
    agent: z
      .optional(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,100}$/)))
      .check(z.describe('Who answers: `support` stands for the feature `assistant.support`')),
    colors: z._default(
      z.strictObject({
        accent: z
          ._default(colour, '#1f4b99')
          .check(z.describe('Of buttons and of what visitors write')),
        on_accent: z._default(colour, '#ffffff').check(z.describe('Of texts on it')),
      }),
      { accent: '#1f4b99', on_accent: '#ffffff' },
    ),
    languages: z
      ._default(z.array(language).check(z.minLength(1), z.maxLength(50)), ['en'])
      .check(z.describe('The languages of the chat; the first where a visitor’s is none of them')),
    texts: z
      ._default(z.record(language, texts), {})
      .check(z.describe('What the chat says, by language')),
    files: z._default(fileBounds, fileBounds.parse({})),
    limits: z._default(rates, rates.parse({})),
    identity: z._default(identity, identity.parse({})),
  })
  .check(
    z.refine(({ texts, languages }) => Object.keys(texts).every((one) => languages.includes(one)), {
      error: 'It has texts in a language that is not among languages.',
      path: ['texts'],
    }),
  );
export type WebChatFeature = z.output<typeof webchat>;

/** The features of a tenant's configuration that this context reads. */
export const features = { webchat };

/** Undefined where a company has no chat on its pages. */
export const webChatOf = feature('webchat', webchat, { unset: undefined, malformed: 'alert' });
