/**
 * The last announcement that this table knows, of those on OpenAI's page of deprecations
 * (platform.openai.com/docs/deprecations); taken from public copies of 2026-04-22, -05-08 and -06-11.
 */
export const announcedUntil = '2026-06-11';

/** Days on which OpenAI ends models for answering; requests that name one fail from then on. */
const shutdowns: Record<string, readonly string[]> = {
  '2026-07-23': ['gpt-5-chat-latest', 'gpt-5.1-chat-latest'],
  '2026-08-10': ['gpt-5.2-chat-latest', 'gpt-5.3-chat-latest'],
  '2026-10-23': ['gpt-3.5-turbo', 'gpt-3.5-turbo-0125', 'gpt-4', 'gpt-4-0613'],
  '2026-12-11': [
    'gpt-5-2025-08-07',
    'gpt-5-mini-2025-08-07',
    'gpt-5-nano-2025-08-07',
    'gpt-5-pro-2025-10-06',
    'o3-2025-04-16',
    'o3-pro-2025-06-10',
  ],
};

/** The day on which a model ends, where one is known. */
export const shutdownOf = (model: string): string | undefined =>
  Object.entries(shutdowns).find(([, models]) => models.includes(model))?.[0];
