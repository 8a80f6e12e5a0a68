import type * as z from 'zod/mini';
import { systemClock } from '../shared/clock.ts';
import type { FunctionParts } from '../shared/lambda.ts';
import { gcraLimiter } from '../shared/limits/gcra.ts';
import { errorForLog } from '../shared/log.ts';
import type { Invocation } from '../shared/queue/consumer.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { secretOf } from '../vendors/aws/secrets.ts';
import { openAiSource, parseOpenAiKey } from '../vendors/openai/client.ts';
import { usageMeter } from '../vendors/openai/usage.ts';
import type { answerEnvironment } from './environment.ts';
import { limits } from './limits.ts';
import type { ReadyMessage } from './messages.ts';
import { type MailboxPlace, termsOf } from './stores/company.ts';
import { emailStore } from './stores/email-store.ts';
import { keys } from './stores/keys.ts';
import { type LearnedTimes, learnedTimes } from './stores/learned-times.ts';
import { runLedger } from './stores/run-ledger.ts';
import { runStore } from './stores/run-store.ts';
import { workerSlots } from './stores/worker-slots.ts';
import { answererOf } from './vendors/answerers.ts';
import { assumedTimes } from './vendors/assumed-times.ts';
import { mailbox } from './vendors/mailbox.ts';
import { mailboxKeys, pacingOf } from './wiring.ts';
import type { EmailPorts } from './work/ports.ts';
import type { RunContext } from './work/worker-dependencies.ts';

/** How soon the limit of model calls is asked again after it could not be read. */
const limitUnreadableMs = 1_000;

type ItemKey = { pk: string; sk: string };

/** The contexts of the runs that one invocation works on. */
export interface RunContexts {
  load(message: ReadyMessage): Promise<RunContext>;
  /** Writes the counts and learned times, and gives back the worker slots. */
  close(): Promise<void>;
}

export type AnswerParts = FunctionParts<z.output<typeof answerEnvironment>>;

/** Opens the contexts of an invocation. What the invocations of a process share is made once. */
export function runContexts(parts: AnswerParts): (invocation: Invocation) => RunContexts {
  const { env, log, meter } = parts;
  const { tenants, usage, tableOf } = tenancyOf(parts);
  const table = tableOf(env.EMAIL_RUNS_TABLE);
  const { timing, gapMs } = pacingOf(env);
  const apiKeys = mailboxKeys(env);
  const openAiKey = secretOf(env, env.OPENAI_API_KEY_SECRET_ID, parseOpenAiKey);
  const openAi = openAiSource(openAiKey, env.OPENAI_BASE_URL);
  const onUsage = usageMeter(meter, env.OPENAI_BASE_URL);
  const [store, runs, slots] = [emailStore(table), runStore(table), workerSlots(table)];
  const limiter = gcraLimiter(table);
  const { sleep } = systemClock;
  const answererParts = { timing, openAi, onUsage, sleep, random: Math.random };

  const mailboxAt = (tenantId: string, { url, isOwn }: MailboxPlace = { url: '', isOwn: true }) =>
    mailbox({
      url,
      isOwn,
      allowLoopback: env.LOOPBACK_URLS === 'allowed',
      apiKey: async () => (await apiKeys.get())(tenantId, { isOwn }),
      renewKeys: apiKeys.refresh,
      timeoutMs: env.REQUEST_TIMEOUT * 1000,
    });

  const acquireModelCall = async (tenantId: string, perMinute: number | undefined) => {
    if (!perMinute) return 0;
    const key = keys.modelConcurrency(tenantId);
    const place = { key, attribute: 'spent_until', counter: 'calls', retentionDays: 1 };
    try {
      const result = await limiter(place, { perSecond: perMinute / 60, burst: 1 });
      return result.acquired ? 0 : Math.max(1, result.waitMs);
    } catch (error) {
      const details = { tenant_id: tenantId, error: errorForLog(error) };
      log.warn('The call limit of the model could not be read.', details);
      return limitUnreadableMs;
    }
  };

  return (invocation) => {
    const ledger = runLedger(runs, usage, log);
    const learned = new Map<string, LearnedTimes>();
    const heldSlots: ItemKey[] = [];

    const holdSlots = (key: ItemKey, limit: number): Promise<number> => {
      const until = Date.now() + Math.max(0, invocation.remainingMs());
      heldSlots.push(key);
      return slots.hold(key, invocation.owner, {
        slots: limits.workersPerInvocation,
        limit,
        until,
      });
    };

    const load = async (message: ReadyMessage): Promise<RunContext> => {
      const { tenant_id } = message;
      const [run, { answers, place, fault }, tenant] = await Promise.all([
        runs.find(message),
        termsOf(tenants, tenant_id, env.RESPOND_URL),
        tenants.tenant(tenant_id),
      ]);
      const times =
        learned.get(tenant_id) ??
        (await learnedTimes(table, tenant_id, assumedTimes(answers, timing)));
      learned.set(tenant_id, times);
      const isSuspended = tenant?.status === 'suspended';
      const isRunning = run?.state === 'running';
      const isOver = run?.state === 'completed';
      const { concurrency, requests_per_minute } = answers.limits;
      const ofRun =
        isRunning && !isSuspended ? await holdSlots(keys.slots(run), run.concurrency_limit) : 1;
      const ofCompany =
        concurrency && !isSuspended
          ? await holdSlots(keys.tenantSlots(tenant_id), concurrency)
          : ofRun;
      const ports: EmailPorts = {
        store,
        answerer: answererOf(answers, answererParts),
        mailbox: mailboxAt(tenant_id, place),
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
      const slowestTier = (share: number) => Math.max(0, ...Object.values(times.expected(share)));
      return {
        run: isRunning || isOver ? run : undefined,
        isOver,
        isSuspended,
        ports,
        maxWorkers: Math.min(ofRun, ofCompany),
        estimate: () => ({ p75Ms: slowestTier(0.75), p25Ms: slowestTier(0.25) }),
        acquireModelCall: () => acquireModelCall(tenant_id, requests_per_minute),
      };
    };

    return {
      load,
      async close() {
        await ledger.close();
        for (const times of learned.values()) await times.share();
        for (const key of heldSlots) {
          await slots.hold(key, invocation.owner, { slots: 0, limit: 0, until: 0 });
        }
      },
    };
  };
}
