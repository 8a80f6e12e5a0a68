import { runningIn } from '../running.ts';

export type Running =
  | { kind: 'nothing' }
  | { kind: 'real Twilio' }
  | { kind: 'simulated'; twilioUrl: string; businessNumber: string };

/** The process of `npm start` on this data folder, as far as a customer sees it. */
export function findRunning(dataDir: string): Running {
  const state = runningIn(dataDir);
  if (!state) return { kind: 'nothing' };
  if (state.twilio_url === null) return { kind: 'real Twilio' };
  const businessNumber = state.business_number.replace(/^whatsapp:/, '');
  return { kind: 'simulated', twilioUrl: state.twilio_url, businessNumber };
}
