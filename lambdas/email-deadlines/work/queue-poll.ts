import { asEngineError } from '../../shared/errors.ts';
import { errorForLog, type Log } from '../../shared/log.ts';

/** How long an empty queue is not polled again. */
const pauseMs = 500;

/**
 * Polls the queue of ready emails, one poll at a time.
 *
 * Why a worker polls the queue that its event source reads as well: an event source delivers at most ten emails, which
 * is fewer than an invocation has workers. With those alone no email would ever wait in an invocation, so that there
 * would be nothing to choose by deadline; the workers would idle until the slowest of the ten is done; and each ten
 * emails would pay for loading their run and leasing its workers again. So the event source starts an invocation, and
 * the invocation keeps itself supplied until the queue is empty or its time is up.
 */
export function queuePoll(
  /** Takes emails from the queue and returns how many. */
  poll: () => Promise<number>,
  clock: { now(): number },
  log: Log,
) {
  let running: Promise<boolean> | undefined;
  let emptyUntil = 0;
  const pollNow = async (): Promise<boolean> => {
    const count = await poll().catch((thrown) => {
      log.error('No more emails could be received from the queue.', {
        error: errorForLog(asEngineError(thrown)),
      });
      return 0;
    });
    if (count === 0) emptyUntil = clock.now() + pauseMs;
    running = undefined;
    return count > 0;
  };
  return {
    /** Whether the queue had emails. */
    async more(): Promise<boolean> {
      if (emptyUntil > clock.now()) return false;
      running ??= pollNow();
      return running;
    },
    /** Resolves when no poll is under way. */
    async settled(): Promise<void> {
      await running;
    },
  };
}
