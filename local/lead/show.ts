import type { Insight } from '../../lambdas/leads/messages.ts';
import { sanitizeForTerminal } from '../sanitize-for-terminal.ts';

/** The meaning of the abbreviations. */
const priorities = {
  P0: 'within the hour',
  P1: 'today',
  P2: 'this week',
  P3: 'when there is time, if ever',
};
const actions = {
  call: 'call them',
  email: 'write them',
  qualify: 'ask what they need',
  forward: 'hand over to another department',
  ignore: 'nothing to do',
};

/** An insight with its explanation, for a terminal. */
export function insightText(insight: Insight): string {
  const { intent, priority, next_action, confidence, tags, explanation } = insight;
  const by = `${insight.adapter} ${insight.adapter_version}`;
  const rows: [string, string][] = [
    ['Intent', intent],
    ['Urgency', `${priority}: ${priorities[priority]}`],
    ['Next', `${next_action}: ${actions[next_action]}`],
    ['Sure', `${Math.round(confidence * 100)} %`],
    ['Tags', sanitizeForTerminal(tags.join(', ')) || 'none'],
    [
      'By',
      insight.fallback_reason ? `${by} (in place of a model: ${insight.fallback_reason})` : by,
    ],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(8)}${value}`);
  const reasons = explanation.map(
    ({ phrase, speaks_for, weight }) =>
      `  ${weight >= 0 ? '+' : '−'}${Math.abs(weight).toFixed(1)}  “${sanitizeForTerminal(phrase)}” speaks for ${speaks_for}`,
  );
  const why = reasons.length > 0 ? ['Because', ...reasons] : ['Because nothing in it stood out.'];
  return [...table, ...why].join('\n');
}
