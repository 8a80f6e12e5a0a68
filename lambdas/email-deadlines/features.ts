import * as z from 'zod/mini';
import { feature } from '../shared/features/feature.ts';
import { publicOrLoopbackUrl, publicUrl, withUrlsAsCalled } from '../shared/public-url.ts';

export const defaultEmailModel = 'gpt-5.6-luna';

const shortText = z.string().check(z.minLength(1), z.maxLength(256));

/** Where a company's emails come from and its replies go. */
const mailboxFeature = <Url extends z.ZodMiniType<string>>(url: Url) =>
  z.strictObject({
    emails_url: url.check(z.describe('Where emails are fetched, by GET')),
    respond_url: url.check(z.describe('Where replies are posted')),
  });

/** How a company's emails are answered. */
const emailAnswersFeature = z.strictObject({
  adapter: z
    ._default(z.enum(['mock', 'openai', 'template']), 'mock')
    .check(z.describe('Who answers: made-up sentences, a model, or the template alone')),
  model: z.optional(shortText).check(z.describe(`The model; ${defaultEmailModel} by default`)),
  faster_model: z
    .optional(shortText)
    .check(z.describe('The model where the deadline leaves the other too little time')),
  instructions: z
    .optional(z.string().check(z.minLength(1), z.maxLength(50_000)))
    .check(z.describe('What the model must know')),
  template: z
    ._default(
      z.string().check(z.minLength(1), z.maxLength(5_000)),
      'Thank you for your message. We have received it and will come back to you shortly.',
    )
    .check(
      z.describe(
        'The reply where the deadline leaves no time for a model; `{subject}` stands for the email’s',
      ),
    ),
  mock_responses: z
    .optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(100)))
    .check(z.describe('What `mock` answers in turn')),
  limits: z._default(
    z.strictObject({
      concurrency: z
        .optional(z.int().check(z.gte(1), z.lte(1_000)))
        .check(
          z.describe('Emails that are worked on at the same time, over all runs of the company'),
        ),
      requests_per_minute: z
        .optional(z.int().check(z.gte(1), z.lte(100_000)))
        .check(z.describe('Calls of the model')),
      max_output_tokens: z
        .optional(z.int().check(z.gte(16), z.lte(100_000)))
        .check(z.describe('What the model may write, its reasoning included')),
    }),
    {},
  ),
});
export type EmailAnswers = z.output<typeof emailAnswersFeature>;

/** The features of a tenant's configuration that this context reads. */
export const features = {
  mailbox: mailboxFeature(publicUrl),
  'email-answers': emailAnswersFeature,
};

/** The same on the stage that runs on one machine, whose mailboxes may be there too. */
export const loopbackFeatures = { mailbox: mailboxFeature(publicOrLoopbackUrl) };

export const emailAnswersOf = feature('email-answers', emailAnswersFeature, {
  unset: emailAnswersFeature.parse({}),
  malformed: 'alert',
});

/** What may be set, and what is called, is decided by the stage; here it is only read. */
export const mailboxOf = feature(
  'mailbox',
  z.pipe(z.transform(withUrlsAsCalled), loopbackFeatures.mailbox),
  { unset: undefined, malformed: 'alert' },
);

export const defaultEmailInstructions =
  'You answer the emails of a company’s customers. Answer in the language of the email, politely and to ' +
  'the point, as plain text without a subject line. Never invent facts, prices or promises.';

/** What the mock answers in turn where nothing else is configured. */
export const mockResponses = [
  'Thank you for reaching out. We have looked into it and will keep you posted.',
  'Thanks for your email. Your request is being processed.',
  'We appreciate your message; a colleague has taken care of it.',
  'Thank you for the details. Everything is in order on our side.',
];
