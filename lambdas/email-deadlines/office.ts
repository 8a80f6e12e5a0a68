import type { Logger } from '@aws-lambda-powertools/logger';
import type * as z from 'zod/mini';
import { systemClock } from '../shared/clock.ts';
import { gcraLimiter } from '../shared/limits/gcra.ts';
import { errorForLog, type Meter } from '../shared/log.ts';
import { usageCounter } from '../tenancy/stores/usage-counter.ts';
import { queueClient, secretsClient } from '../vendors/aws/clients.ts';
import { cachedSecret } from '../vendors/aws/secrets.ts';
import { openAiSource, parseOpenAiKey } from '../vendors/openai/client.ts';
import { usageMeter } from '../vendors/openai/usage.ts';
import type { answerEnvironment } from './environment.ts';
import { limits } from './limits.ts';
import type { ReadyMessage } from './messages.ts';
import { type ReadyDeadLetters, readyDeadLetters } from './ready-dead-letters.ts';
import { type Receipt, readyQueue } from './ready-queue.ts';
import { termsOf } from './stores/company.ts';
import { emailStore } from './stores/email-store.ts';
import { keys } from './stores/keys.ts';
import { type LearnedTimes, learnedTimes } from './stores/learned-times.ts';
import { runLedger } from './stores/run-ledger.ts';
import { runStore } from './stores/run-store.ts';
import { workerSlots } from './stores/worker-slots.ts';
import { answererOf } from './vendors/answerers.ts';
import { assumedTimes } from './vendors/assumed-times.ts';
import { mailbox } from './vendors/mailbox.ts';
import { mailboxKeys, pacingOf, tablesOf } from './wiring.ts';
import type { Invocation } from './work/answer-email.ts';
import type { StepTimes } from './work/ladder.ts';
import { luckyShare, safeShare } from './work/needs.ts';
import type { Desk, Office } from './work/office.ts';
import type { EmailPorts } from './work/ports.ts';

/** How soon a budget is asked again that could not be. */
const unaskedMs = 1_000;

/** Everything around the answering function that outlives an invocation. */
export interface AnswerOffice {
  deadLetters: ReadyDeadLetters;
  /** What one invocation works with; `close` notes what it has done and gives back what it held. */
  opened(invocation: Invocation): { office: Office<Receipt>; close(): Promise<void> };
}

export function answerOffice(
  env: z.output<typeof answerEnvironment>,
  log: Logger,
  meter: Meter,
): AnswerOffice {
  const { table, tenantItems, tenants } = tablesOf(env);
  const { timing, gapMs } = pacingOf(env);
  const client = queueClient();
  const queueUrl = env.READY_QUEUE_URL;
  const deadLetters = readyDeadLetters({
    client,
    deadLetterUrl: env.READY_DLQ_URL,
    now: Date.now,
    log,
    meter,
  });
  const apiKeys = mailboxKeys(env);
  const openAiKey = cachedSecret(
    secretsClient(env.SECRETS_MANAGER_REGION),
    env.OPENAI_API_KEY_SECRET_ID,
    parseOpenAiKey,
    systemClock,
  );
  const openAi = openAiSource(openAiKey, env.OPENAI_BASE_URL);
  const onUsage = usageMeter(meter, env.OPENAI_BASE_URL);
  const [store, runs, slots] = [emailStore(table), runStore(table), workerSlots(table)];
  const [budget, usage] = [gcraLimiter(table), usageCounter(tenantItems)];

  const opened: AnswerOffice['opened'] = (invocation) => {
    const ledger = runLedger(runs, usage, log);
    const learned = new Map<string, Promise<LearnedTimes>>();
    const held: { pk: string; sk: string }[] = [];

    const hold = async (key: { pk: string; sk: string }, limit: number) => {
      const until = Date.now() + Math.max(0, invocation.remainingMs());
      const wanted = { slots: limits.workersPerInvocation, limit, until };
      held.push(key);
      return slots.hold(key, invocation.owner, wanted);
    };

    const deskFor = async (message: ReadyMessage): Promise<Desk> => {
      const { tenant_id } = message;
      const [run, { answers, place, fault }, tenant] = await Promise.all([
        runs.find(message),
        termsOf(tenants, tenant_id, env.RESPOND_URL),
        tenants.tenant(tenant_id),
      ]);
      const isSuspended = tenant?.status === 'suspended';
      const isOpen = run?.state === 'running';
      const isOver = run?.state === 'completed';
      const times = await remembered(learned, tenant_id, () =>
        learnedTimes(table, tenant_id, assumedTimes(answers, timing)),
      );
      const { concurrency, requests_per_minute } = answers.limits;
      const ofRun = isOpen && !isSuspended ? await hold(keys.slots(run), run.concurrency_limit) : 1;
      const ofTenant =
        concurrency && !isSuspended ? await hold(keys.tenantSlots(tenant_id), concurrency) : ofRun;
      const ports: EmailPorts = {
        store,
        answerer: answererOf(answers, {
          timing,
          openAi,
          onUsage,
          sleep: systemClock.sleep,
          random: Math.random,
        }),
        mailbox: mailbox({
          url: place?.url ?? '',
          isOwn: place?.isOwn ?? true,
          allowLoopback: env.LOOPBACK_URLS === 'allowed',
          apiKey: async () => (await apiKeys.get())(tenant_id, { isOwn: place?.isOwn ?? true }),
          renewKeys: apiKeys.refresh,
          timeoutMs: env.REQUEST_TIMEOUT * 1000,
        }),
        ...(fault && { fault }),
        times,
        clock: systemClock,
        random: Math.random,
        log,
        meter,
        maxRetries: env.MAX_RETRIES,
        gapMs,
        count: ledger.add,
      };
      return {
        run: isOpen || isOver ? run : undefined,
        isOver,
        isSuspended,
        ports,
        allowance: Math.min(ofRun, ofTenant),
        expected: () => ({
          safeMs: slowest(times.expected(safeShare)),
          luckyMs: slowest(times.expected(luckyShare)),
        }),
        async grant() {
          if (!requests_per_minute) return 0;
          const place = {
            key: keys.modelBudget(tenant_id),
            attribute: 'spent_until',
            counter: 'calls',
            keptDays: 1,
          };
          const rate = { perSecond: requests_per_minute / 60, burst: 1 };
          try {
            const spending = await budget(place, rate);
            return spending.spent ? 0 : Math.max(1, spending.waitMs);
          } catch (error) {
            log.warn('The budget of the model could not be asked.', {
              tenant_id,
              error: errorForLog(error),
            });
            return unaskedMs;
          }
        },
      };
    };

    const close = async () => {
      await ledger.close();
      for (const times of learned.values()) await (await times).share();
      for (const key of held) {
        await slots.hold(key, invocation.owner, { slots: 0, limit: 0, until: 0 });
      }
    };

    return {
      office: {
        queue: readyQueue({ client, queueUrl, deadLetters, now: Date.now, log }),
        deskFor,
        clock: systemClock,
        random: Math.random,
        log,
        workers: limits.workersPerInvocation,
      },
      close: async () => {
        try {
          await close();
        } catch (error) {
          log.error('An invocation could not be closed.', { error: errorForLog(error) });
        }
      },
    };
  };
  return { deadLetters, opened };
}

const slowest = (times: StepTimes): number => Math.max(0, ...Object.values(times));

function remembered<T>(
  kept: Map<string, Promise<T>>,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = kept.get(name) ?? make();
  kept.set(name, known);
  return known;
}
