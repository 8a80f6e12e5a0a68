import type { AdapterName } from '../messages.ts';
import type { NoteClassification } from './insight.ts';

/** A classification, and who made it. */
export interface Classification extends NoteClassification {
  adapter: AdapterName;
  adapter_version: string;
  fallback_reason: string | null;
}

/** Classifies a lead by its note. */
export interface Classifier {
  classify(note: string): Promise<Classification>;
}
