import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { intents, nextActions, priorities } from '../../lambdas/leads/domain/insight.ts';

const leadSchema = z.strictObject({
  note: z.string().check(z.minLength(1)),
  intent: z.enum(intents),
  priority: z.enum(priorities),
  next_action: z.enum(nextActions),
});

/** A note and what the guide says of it. */
export type LabelledLead = z.infer<typeof leadSchema>;
/** `tune` is what the rules were made on, `report` what is measured. */
export type Half = 'tune' | 'report';

/** Where the labelled notes come from; `unseen` is none of them, as no half of it was tuned on. See README.md. */
export const sources = ['leads', 'later', 'banking77', 'clinc150'] as const;

/** The labelled notes of one source. */
export function leadsFrom(source: (typeof sources)[number] | 'unseen'): LabelledLead[] {
  const file = path.join(import.meta.dirname, `${source}.jsonl`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => leadSchema.parse(JSON.parse(line)));
}

/** The labelled notes of one half, of all sources. */
export function leadsOf(half: Half): LabelledLead[] {
  return sources.flatMap(leadsFrom).filter(({ note }) => halfOf(note) === half);
}

/** The half of a note: a hash decides, so that nobody chooses. */
export function halfOf(note: string): Half {
  const [first = 0] = createHash('sha256').update(note).digest();
  return first % 2 === 0 ? 'tune' : 'report';
}
