import { counted } from '../../lambdas/shared/plural.ts';
import type { FunctionDefinition } from '../cloud/function.ts';
import type { Invocation } from './invocation.ts';

/** The printed lines of an invocation: its result or its error, then a line like Lambda's REPORT. */
export function reportLines(
  invocation: Invocation,
  definition: Pick<FunctionDefinition, 'memoryMb'>,
): string[] {
  return [...outcomeLines(invocation), ...figures(invocation, definition)];
}

/** Whether the function failed as its caller on AWS would see it. */
export function hasFailed({ outcome }: Invocation): boolean {
  return outcome.kind !== 'returned' || failedItems(outcome.result).length > 0;
}

function outcomeLines({ outcome, initMs }: Invocation): string[] {
  switch (outcome.kind) {
    case 'returned':
      return [JSON.stringify(outcome.result, null, 2), ...batchLines(outcome.result)];
    case 'threw': {
      const { name, message, stack } = outcome.error;
      const when = outcome.during === 'init' ? 'while it was loaded' : 'at this event';
      return [`The function threw ${when}: ${name}: ${message}`, ...(stack ? [stack] : [])];
    }
    case 'timed out':
      return [
        initMs === 0
          ? `The function was not loaded after ${outcome.afterSeconds} s.`
          : `The function timed out after ${outcome.afterSeconds} s, its limit in the template.`,
      ];
    case 'crashed':
      return [`The process of the function ended ${outcome.how} before it had answered.`];
    default:
      return outcome satisfies never;
  }
}

function batchLines(result: unknown): string[] {
  const failed = failedItems(result);
  if (failed.length === 0) return [];
  return [`It reports ${counted(failed.length, 'failed message')}, to come back to the queue.`];
}

function failedItems(result: unknown): unknown[] {
  const { batchItemFailures } = (result ?? {}) as { batchItemFailures?: unknown };
  return Array.isArray(batchItemFailures) ? batchItemFailures : [];
}

function figures(
  { requestId, initMs, durationMs, peakMb }: Invocation,
  { memoryMb }: { memoryMb: number },
): string[] {
  const peak = peakMb === undefined ? 'unknown' : `${Math.round(peakMb)} MB`;
  const line = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(1)} ms`,
    // Lambda bills the loading too.
    `Billed Duration: ${Math.ceil(durationMs + initMs)} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${peak}`,
    `Init Duration: ${initMs.toFixed(1)} ms`,
  ].join('  ');
  if (peakMb === undefined || peakMb <= memoryMb) return [line];
  return [line, `It used more memory than its ${memoryMb} MB: Lambda would have ended it.`];
}
