import { perThousand, totalOf } from './lines.ts';
import { type Findings, table, usd } from './page-parts.ts';
import type { Cost } from './prices.ts';
import { specifiedEmailsMonth, specifiedLeadsMonth, specifiedReplies } from './specification.ts';

/** Tokens of one answer, as an example: instructions, some history and the message in; a short reply out. */
const inputTokens = 1_500;
const outputTokens = 150;

/** What the model's tokens add, as an example. */
export function modelTokens(cost: Cost): string {
  const each = cost('model_input_token', inputTokens) + cost('model_output_token', outputTokens);
  return (
    `The model's tokens come on top, and are most of it: with ${inputTokens.toLocaleString('en')} tokens in and ` +
    `${outputTokens} out each, a thousand answers of gpt-5.6-luna cost ${usd(each * 1_000, 2)} (an example: the ` +
    'lengths are assumed, and nothing is taken off for cached input).'
  );
}

/** Our cost beside that of the designs in the specifications. */
export function besides({ deployed, counted }: Findings, cost: Cost): string {
  const { replies, replies_in_a_rush: rush, emails, leads } = counted.work;
  const specified = specifiedReplies(counted.model_seconds, cost);
  const ofReplies = (work: typeof replies) => perThousand(work, deployed, cost)[0]?.usd ?? 0;
  const months = [
    ['Emails', specifiedEmailsMonth(cost), totalOf(perThousand(emails, deployed, cost))],
    ['Leads', specifiedLeadsMonth(cost), totalOf(perThousand(leads, deployed, cost))],
  ] as const;
  return [
    '**Replies.** The specification answers one conversation per invocation, sleeping until the model is done, with ' +
      `1 GB on x86, and notices the end 2.32 s late on average (measured): ${usd(specified)} for the time of a ` +
      `thousand replies, against ${usd(ofReplies(replies))} here one at a time and ${usd(ofReplies(rush))} in a rush. ` +
      'Queue, table and API are needed by both.',
    '**Emails and leads.** Their specifications want processes that are always there. Assumed, at the cheapest sizes ' +
      'that make sense and without a load balancer, a second zone or a NAT gateway: for emails one Fargate task (ARM, ' +
      '0.25 vCPU, 0.5 GB, a public IPv4 address) and Redis on a cache.t4g.micro; for leads two such tasks, that Redis, ' +
      'and PostgreSQL on a db.t4g.micro with 20 GB.',
    table(
      ['', 'Specification, a month', 'Here, a thousand', 'Costs as much here at, a month'],
      months.map(([what, month, thousand]) => [
        what,
        usd(month, 2),
        usd(thousand),
        `${Math.round(month / thousand).toLocaleString('en')} thousand`,
      ]),
    ),
  ].join('\n\n');
}
