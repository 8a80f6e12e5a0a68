import * as z from 'zod/mini';
import type { Channel } from '../conversations/conversation.ts';
import { feature } from '../shared/features/feature.ts';

const shortText = z.string().check(z.minLength(1), z.maxLength(256));

export const defaultModel = 'gpt-5.6-luna';

const places: Readonly<Record<Channel, string>> = {
  whatsapp: 'on WhatsApp',
  webchat: 'in a chat on its web pages, which shows Markdown',
};

/** What a model is told where the company has told it nothing. */
export const defaultInstructions = (channel: Channel): string =>
  `You answer the customers of a company ${places[channel]}. Answer in the language of the customer, ` +
  'briefly and kindly. Say so when you do not know something; never invent facts, prices or promises.';

/**
 * What OpenAI's models may write at most, reasoning included, where a company does not say: four times what
 * a reply's ten messages of 1,600 characters need in English. Without a limit a customer who asks for a book
 * would get one written at the company's cost, or block the run until its time is up.
 */
export const defaultMaxOutputTokens = 16_000;

/** The sentences that the product itself says. */
export const textsSchema = z.strictObject({
  fallback: z
    ._default(
      z.string().check(z.minLength(1), z.maxLength(1000)),
      "Sorry, I can't answer that here. Could you put it another way?",
    )
    .check(z.describe('Said when the model refuses or answers nothing')),
  unreadable: z
    ._default(
      z.string().check(z.minLength(1), z.maxLength(1000)),
      "Sorry, I can't read {kinds} here. Please write it as text, or send a picture.",
    )
    .check(z.describe('Said when something sent cannot be read; `{kinds}` stands for what it was')),
  opted_in: z
    ._default(
      z.string().check(z.minLength(1), z.maxLength(1000)),
      'Welcome back! You will get answers here again. Write STOP to end them.',
    )
    .check(z.describe('Said when a customer who had opted out starts again')),
});
export type Texts = z.output<typeof textsSchema>;

/**
 * How a company's customers are answered: by the Responses API (default), or by an assistant of a server
 * that speaks the Assistants protocol. What is left out has its default.
 */
const assistantFeature = z
  .strictObject({
    adapter: z
      ._default(z.enum(['responses', 'threads']), 'responses')
      .check(
        z.describe(
          'The protocol: OpenAI’s Responses, or the Assistants protocol of another server',
        ),
      ),
    model: z.optional(shortText).check(z.describe(`The model; ${defaultModel} by default`)),
    instructions: z
      .optional(z.string().check(z.minLength(1), z.maxLength(100_000)))
      .check(z.describe('What the model must know')),
    assistant_id: z
      .optional(shortText)
      .check(
        z.describe(
          'The assistant of the adapter threads, which brings its own model and instructions',
        ),
      ),
    texts: z._default(textsSchema, textsSchema.parse({})),
    limits: z._default(
      z.strictObject({
        run_max_wait_seconds: z
          .optional(z.int().check(z.gte(5), z.lte(3600)))
          .check(
            z.describe('How long the model may take before its run is cancelled and tried again'),
          ),
        max_output_tokens: z
          .optional(z.int().check(z.gte(16), z.lte(1_000_000)))
          .check(
            z.describe(
              'How much the model may write, its reasoning included; 16,000 tokens by default at OpenAI',
            ),
          ),
      }),
      {},
    ),
  })
  .check(
    z.refine((feature) => feature.adapter !== 'threads' || Boolean(feature.assistant_id), {
      error: 'The adapter threads needs an assistant_id.',
      path: ['assistant_id'],
    }),
    z.refine((feature) => feature.adapter === 'threads' || feature.assistant_id === undefined, {
      error: 'Only the adapter threads takes an assistant_id.',
      path: ['assistant_id'],
    }),
    z.refine(
      (feature) =>
        feature.adapter === 'responses' ||
        (feature.model === undefined && feature.instructions === undefined),
      {
        error: 'An assistant_id brings its own model and instructions: leave them out.',
        path: ['adapter'],
      },
    ),
  );
export type AssistantFeature = z.output<typeof assistantFeature>;

/** The features of a tenant's configuration that this context reads. */
export const features = { assistant: assistantFeature };

/** Another assistant than the company's would answer its customers wrongly: nobody answers until it is set again. */
export const assistantOf = feature('assistant', assistantFeature, {
  unset: assistantFeature.parse({}),
  malformed: 'alert',
});

/** The feature of an assistant of its own, such as a project's on WhatsApp, or an agent's that a conversation names. */
export const ownAssistant = (name: string): string => `assistant.${name}`;
