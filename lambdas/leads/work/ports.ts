import type { AdapterName } from '../messages.ts';
import type { NoteClassification } from './insight.ts';

/** A judgement, and who made it. */
export interface Classification extends NoteClassification {
  adapter: AdapterName;
  adapter_version: string;
  fallback_reason: string | null;
}

/** Judges a lead by its note. */
export interface Classifier {
  classify(note: string): Promise<Classification>;
}
