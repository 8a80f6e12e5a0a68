import type { FailureCode, ModelRequest, Outcome } from './model.ts';
import { instanceOf } from './structured.ts';

/**
 * The simulated model. It completes with an answer, unless a line of the text asks for another outcome:
 *
 *     /sim fail [code]                 fails: server_error, rate_limit_exceeded, insufficient_quota,
 *                                      invalid_prompt or context_length_exceeded
 *     /sim refuse                      completes with a refusal
 *     /sim empty                       completes without a message
 *     /sim incomplete [content_filter] ends before the answer does: max_output_tokens, or content_filter
 *     /sim cancel                      is cancelled by OpenAI
 *     /sim hang                        never ends
 *     /sim stall                       writes half an answer, and then never ends
 *     /sim break [code]                writes half an answer, and then fails
 *     /sim think                       reasons and comments before it answers, each apart
 *     /sim tags                        reasons between tags before it answers, in one text
 *     /sim call name {"json": true}    calls a function
 *     /sim slow 20                     answers after 20 seconds
 *     /sim markdown                    answers with every kind of Markdown
 *     /sim long 5000                   answers with 5,000 characters
 *     /sim help                        answers with this list
 */
export function simulatedAnswer(request: ModelRequest): Outcome {
  const text = request.input.map((one) => one.text).join('\n');
  const [, command, rest = ''] = /^\s*\/sim\s+(\w+)[^\S\n]*(.*)$/m.exec(text) ?? [];
  return command ? asked(command, rest.trim(), request) : plain(request);
}

const told = 'The simulated model was told to.';
const half = 'This answer ends in the middle of a';

const tagged = (answer: Outcome & { kind: 'completed' }): Outcome => ({
  ...answer,
  text: `<think>They write to me, so I answer.</think>\n\n${answer.text}`,
});

const maxSlowSeconds = 3600;
const maxLongChars = 100_000;

function asked(command: string, rest: string, request: ModelRequest): Outcome {
  switch (command) {
    case 'fail':
      return { kind: 'failed', code: failureOf(rest), message: told };
    case 'break':
      return { kind: 'failed', code: failureOf(rest), message: told, said: half };
    case 'stall':
      return { kind: 'hangs', said: half };
    case 'think':
      return {
        ...plain(request),
        reasoning: 'They write to me, so I answer.',
        commentary: 'Let me look that up.',
      };
    case 'tags':
      return tagged(plain(request));
    case 'refuse':
      return { kind: 'refusal', text: "I'm sorry, but I can't help with that." };
    case 'empty':
      return { kind: 'empty' };
    case 'incomplete':
      return {
        kind: 'incomplete',
        reason: rest === 'content_filter' ? 'content_filter' : 'max_output_tokens',
        text: half,
      };
    case 'cancel':
      return { kind: 'cancelled' };
    case 'hang':
      return { kind: 'hangs' };
    case 'call':
      return functionCall(rest);
    case 'slow':
      return { ...plain(request), takesMs: bounded(rest, 20, maxSlowSeconds) * 1000 };
    case 'markdown':
      return { kind: 'completed', text: markdown };
    case 'long':
      return { kind: 'completed', text: longText(bounded(rest, 5000, maxLongChars)) };
    default:
      return { kind: 'completed', text: `The simulated model understands:\n${commands}` };
  }
}

const commands =
  '/sim fail, refuse, empty, incomplete, cancel, hang, stall, break, think, tags, call <name> <json>, slow <seconds>, markdown, long <characters>';

const failures: FailureCode[] = [
  'rate_limit_exceeded',
  'insufficient_quota',
  'invalid_prompt',
  'context_length_exceeded',
];

const failureOf = (code: string): FailureCode =>
  failures.find((known) => known === code) ?? 'server_error';

const bounded = (text: string, fallback: number, max: number) =>
  Math.min(Math.max(Number.parseInt(text, 10) || fallback, 1), max);

function functionCall(rest: string): Outcome {
  const [name = '', ...json] = rest.split(/\s+/);
  return { kind: 'function_call', name: name || 'look_up', arguments: json.join(' ') || '{}' };
}

const maxQuoteChars = 200;

function plain(request: ModelRequest): Outcome & { kind: 'completed' } {
  const written = request.input.map((one) => one.text).join(' ');
  if (request.schema) {
    return { kind: 'completed', text: JSON.stringify(instanceOf(request.schema, written)) };
  }
  const quote = written.length > maxQuoteChars ? `${written.slice(0, maxQuoteChars)}…` : written;
  const images = request.input.reduce((sum, one) => sum + one.imageCount, 0);
  const seen = images > 0 ? `, and I see ${count(images, 'image')}` : '';
  const known = count(request.history.length, 'earlier message');
  return {
    kind: 'completed',
    text: `You wrote: “${quote}”. I know ${known} of this conversation${seen}. I am the simulated model: set OPENAI_API_KEY to talk to the real one.`,
  };
}

const count = (n: number, noun: string) => `${n === 0 ? 'no' : n} ${noun}${n === 1 ? '' : 's'}`;

function longText(chars: number): string {
  let text = '';
  for (let n = 1; text.length < chars; n++) {
    text += `This is sentence ${n} of a long answer.${n % 5 === 0 ? '\n\n' : ' '}`;
  }
  return `${text.slice(0, chars - 1)}.`;
}

const markdown = `# Opening hours

We are **open** on *weekdays*, and ~~never~~ sometimes on Saturdays.

- Monday to Friday: 9:00–17:00
- Saturday: see [our site](https://example.com/hours)
  1. mornings only
  2. not in August

| Day | Hours |
|---|---|
| Sunday | closed |

> Ask us anything.

\`\`\`js
const open = day !== 'Sunday';
\`\`\`

Use code \`WELCOME\` — 5 * 3 = 15, snake_case_stays.
`;
