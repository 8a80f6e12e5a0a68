/** The namespace of the product's metrics in CloudWatch. */
export const metricNamespace = 'RepliesEngine';

/** The one dimension of each metric: its deployment, so that stages of one account do not mix. Each further one would multiply the bill. */
export const deploymentDimension = 'deployment';

/** What the product counts. Code can count nothing else, and alarms and widgets can name nothing else. */
export const countMetrics = [
  'MessagesReceived',
  'MessagesSent',
  'MessagesRejected',
  'MessagesUndelivered',
  'UnknownChannel',
  'SignatureRejected',
  'OptedOut',
  'OptedIn',
  'RepliesSent',
  'RepliesWithheld',
  'RepliesSlowed',
  'RepliesNotRecorded',
  'RunTimedOut',
  /** Of agents, on every channel that streams: turns that ended with an answer, and those that ended without. */
  'TurnsAnswered',
  'TurnsFailed',
  'DeadLettered',
  /** Messages that waited because their tenant had its share of the workers. */
  'WaitedForShare',
  'RunsStarted',
  'RunsFailed',
  'EmailsSent',
  'EmailsLate',
  'EmailsRefused',
  'AnswersHandedOn',
  'InsightCreated',
  'TriageFailed',
  'TriageFallback',
  'WebhookDelivered',
  'WebhookFailed',
  'WebhookWithheld',
  'WebhookDisabled',
  'Unauthenticated',
  'Forbidden',
  'RateLimited',
  'OpenAiFailed',
  'TwilioFailed',
  'MailboxFailed',
  'ModelInputTokens',
  'ModelOutputTokens',
  /** Millionths of a US dollar, by the price table in vendors/openai/usage.ts. */
  'ModelMicroDollars',
  /** Answers of models that have no price in the table. */
  'ModelCostUnknown',
] as const;
export type CountMetric = (typeof countMetrics)[number];

/** What the product times, in seconds. */
export const timeMetrics = [
  /** From the webhook to the sent reply. */
  'ReplySeconds',
  /** Thereof from the webhook to the start of the work, */
  'QueueSeconds',
  /** the model, */
  'RunSeconds',
  /** and from the model's answer to the last part sent and recorded. */
  'SendSeconds',
  /** From the beginning of a turn to the first words of its answer that a reader sees. */
  'FirstWordsSeconds',
  /** From the intake of a lead to its insight. */
  'TriageDelay',
  /** From an event to its delivery. */
  'WebhookSeconds',
] as const;
export type TimeMetric = (typeof timeMetrics)[number];
