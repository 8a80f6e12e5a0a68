import * as z from 'zod/mini';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { consume } from '../../../lambdas/shared/queue/consume.ts';
import type { ConsumeOptions } from '../../../lambdas/shared/queue/consumer.ts';
import { done } from '../../../lambdas/shared/queue/outcome.ts';
import { consumerParts, staysOf } from '../../support/consumer.ts';

const schema = z.object({ tenant: z.string(), n: z.number() });
type Message = z.output<typeof schema>;
type Each = Extract<ConsumeOptions<Message>, { handle: unknown }>;

const limits = { maxAttempts: 5, outageAttempts: 15 };
export const aMessage = (n: number, tenant = 'acme'): Message => ({ tenant, n });

/** A consumer of a standard queue; `handled` are the messages that were handed over. */
export function aConsumer(options: Partial<Each> = {}, full: string[] = []) {
  const { parts, ...seen } = consumerParts({ full });
  const handled: number[] = [];
  const consumer = consume(parts, {
    schema,
    order: 'parallel',
    limits,
    idsOf: ({ tenant, n }) => ({ tenant, name: `n${n}` }),
    failed: 'A message could not be handled.',
    tenantOf: ({ tenant }) => tenant,
    ...options,
    async handle(delivery, invocation) {
      handled.push(delivery.message.n);
      return (await options.handle?.(delivery, invocation)) ?? done;
    },
  });
  return {
    ...seen,
    handled,
    takes: (...records: Parameters<typeof staysOf>[1]) => staysOf(consumer, records),
  };
}

export const failing = (error: Error) => ({ handle: () => Promise.reject(error) });
export const broken = retryLater('broken', 'It is broken.');
