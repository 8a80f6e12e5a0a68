import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { intents, nextActions, priorities } from '../../lambdas/leads/work/insight.ts';

const leadSchema = z.strictObject({
  note: z.string().check(z.minLength(1)),
  intent: z.enum(intents),
  priority: z.enum(priorities),
  next_action: z.enum(nextActions),
});

/** A note and what the guide says of it. */
export type LabelledLead = z.infer<typeof leadSchema>;

/** What the rules are made on; `unseen` and `held-out` are none of them. See README.md. */
export const sources = [
  'leads',
  'later',
  'banking77',
  'clinc150',
  'others',
  'made',
  'plain',
  'taught',
] as const;
export type Source = (typeof sources)[number];

/** The labelled notes of one source. */
export const leadsFrom = (source: Source | 'unseen' | 'held-out'): LabelledLead[] =>
  leadsOf(path.join(import.meta.dirname, `${source}.jsonl`));

/** The labelled notes of a file, one a line. */
export function leadsOf(file: string): LabelledLead[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => leadSchema.parse(JSON.parse(line)));
}

/** All notes that the rules may be made on. */
export const tuningLeads = (): LabelledLead[] => sources.flatMap(leadsFrom);
