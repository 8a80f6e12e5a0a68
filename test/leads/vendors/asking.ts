import { onTestFinished } from 'vitest';
import type { AdapterName } from '../../../lambdas/leads/messages.ts';
import { modelCallLimit } from '../../../lambdas/leads/stores/model-call-limit.ts';
import { classifierFor } from '../../../lambdas/leads/vendors/classifiers.ts';
import { openAiSource } from '../../../lambdas/vendors/openai/client.ts';
import {
  type OpenAiSimulatorOptions,
  startOpenAiSimulator,
} from '../../../local/simulators/openai/simulator.ts';
import { virtualClock } from '../../support/clock.ts';
import { recordedLog, recordedMeter } from '../../support/log.ts';
import { withoutPauses } from '../../support/reply-openai.ts';
import { aSecret } from '../../support/reply-secret.ts';
import { someTenants } from '../../support/tenants.ts';

/** What the model answers, in full. */
export const anAnswer = (fields: Record<string, unknown> = {}) => ({
  intent: 'partner',
  priority: 'P2',
  next_action: 'email',
  confidence: 0.7,
  tags: [],
  phrases: [],
  ...fields,
});

/** A model that always answers this; a text is answered as it is. */
export const answering = (answer: unknown): OpenAiSimulatorOptions => ({
  answer: () => ({
    kind: 'completed',
    text: typeof answer === 'string' ? answer : JSON.stringify(answer),
  }),
});

interface CompanyOptions extends OpenAiSimulatorOptions {
  suspended?: boolean;
  /** How often the model may be asked; or what the store fails with that knows it. */
  calls?: number | Error;
  /** After how long it may be asked again; each asking finds it used up nonetheless. */
  waitMs?: number;
  /** Whether the store takes no call back. */
  lostReturns?: boolean;
}

/** The classifiers of a company, on the real SDK and a simulated OpenAI. */
export async function aCompany(
  triage: Record<string, unknown> | undefined,
  {
    suspended = false,
    calls = Number.POSITIVE_INFINITY,
    waitMs = 0,
    lostReturns = false,
    ...options
  }: CompanyOptions = {},
) {
  const openai = await startOpenAiSimulator({ runMs: () => 1, ...options });
  onTestFinished(() => openai.close());
  const [log, meter] = [recordedLog(), recordedMeter()];
  const tenants = someTenants(
    { acme: { ...(triage && { 'lead-triage': triage }) } },
    suspended ? ['acme'] : [],
  );
  const openAi = withoutPauses(openAiSource(aSecret('sk-test'), `${openai.url}/v1`));
  const clock = virtualClock();
  let acquired = 0;
  const tryAcquireModelCall = async () => {
    if (calls instanceof Error) throw calls;
    acquired += 1;
    return acquired <= calls ? { acquired: true as const } : { acquired: false as const, waitMs };
  };
  const returnModelCall = async () => {
    if (lostReturns) throw new Error('The store is away');
    acquired -= 1;
  };
  const budget = modelCallLimit({ tryAcquireModelCall, returnModelCall }, clock);
  return {
    openai,
    log,
    meter,
    clock,
    /** How many calls were acquired, less those that were given back. */
    acquired: () => acquired,
    /** On its first try, unless it is said otherwise. */
    async classify(note: string, adapter?: AdapterName, tries = 1) {
      const classify = await classifierFor('acme', adapter, {
        tenants,
        budget,
        openAi,
        log,
        meter,
        tries,
      });
      return classify.classify(note);
    },
    operations: () => openai.calls.map(({ operation }) => operation),
  };
}
