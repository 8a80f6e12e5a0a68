import { limits } from '../limits.ts';

/** As much of an answer as its message, its log and the events that tell of it can hold; no character is cut through. */
export function boundedAnswer(text: string): string {
  if (Buffer.byteLength(text) <= limits.answerBytes) return text;
  const bytes = Buffer.from(text).subarray(0, limits.answerBytes);
  // A decoder that waits for more keeps back what is no whole character yet.
  return new TextDecoder().decode(bytes, { stream: true });
}
