import * as z from 'zod/mini';
import { eventsEnvironment } from '../events/messages.ts';
import { numberVariable } from '../shared/env.ts';
import { tenancyEnvironment } from '../tenancy/environment.ts';

export const retentionDays = numberVariable({ min: 1, max: 3650, default: 90 }).check(
  z.describe(
    'How many days conversations are kept, where a company’s `message-retention` does not say',
  ),
);

/** The variables of every Lambda that reads or writes conversations. */
export const conversationsEnvironment = {
  PLATFORM_CONVERSATIONS_TABLE: z.string(),
  RETENTION_DAYS: retentionDays,
  ...eventsEnvironment,
};

/** The variable of every Lambda that reads or writes files of conversations. */
export const filesEnvironment = { FILES_BUCKET: z.string() };

/** Environment variables of each Lambda; the stack sets exactly these names. */
export const apiEnvironment = z.object({
  ...tenancyEnvironment,
  ...conversationsEnvironment,
  WHATSAPP_OUTBOUND_QUEUE_URL: z.string(),
  ...filesEnvironment,
});
