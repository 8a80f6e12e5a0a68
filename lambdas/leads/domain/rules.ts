import type { Judgement } from './insight.ts';

export const tagNames = ['urgent'] as const;
export const rulesVersion = '0';
export const judge = (note: string): Judgement => ({
  intent: /pricing/i.test(note) ? 'buy' : 'other',
  priority: 'P0',
  next_action: 'call',
  confidence: 0.5,
  tags: [],
  explanation: [],
});
