import {
  type Model,
  type ModelStep,
  type Question,
  runUnknown,
} from '../../lambdas/agents/work/ports.ts';
import type { EngineError } from '../../lambdas/shared/errors.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';

/** What becomes of one run: its words, and how it ends. */
export interface Script {
  words?: string[];
  end?: 'answered' | 'hangs' | { unanswered: string } | { error: EngineError };
  /** Called before the word of this number. */
  before?: (word: number) => Promise<void> | void;
  resumable?: boolean;
}

export interface ScriptedModel extends Model {
  asked: Question[];
  read: (string | undefined)[];
  cancelled: string[];
  forgotten: string[];
}

/** A model that answers as it is told, one script a run and the last one from then on. Runs are read again from their beginning. */
export function scriptedModel(...scripts: Script[]): ScriptedModel {
  const runs = new Map<string, Script>();
  const model = {
    asked: [] as Question[],
    read: [] as (string | undefined)[],
    cancelled: [] as string[],
    forgotten: [] as string[],
    cancel: async (id: string) => void model.cancelled.push(id),
    forget: async (id: string) => {
      runs.delete(id);
      model.forgotten.push(id);
    },
    async *answer(
      question: Question,
      runId: string | undefined,
      ended: AbortSignal,
    ): AsyncGenerator<ModelStep> {
      model.read.push(runId);
      if (runId && !runs.has(runId)) throw retryLater(runUnknown, 'No such run.');
      if (!runId) model.asked.push(question);
      const id = runId ?? `run-${model.asked.length}`;
      const script =
        runs.get(id) ?? scripts[Math.min(model.asked.length, scripts.length) - 1] ?? {};
      const { words = ['Hello', ' there', '.'], end = 'answered', resumable = true } = script;
      if (resumable) runs.set(id, script);
      yield { kind: 'began', runId: resumable ? id : '', resumable };
      let text = '';
      for (const [n, word] of words.entries()) {
        await script.before?.(n);
        text += word;
        yield { kind: 'text', text };
      }
      if (end === 'hangs') {
        await new Promise((resolve) => ended.addEventListener('abort', resolve));
        return;
      }
      if (end === 'answered') yield { kind: 'answered', text };
      else if ('error' in end) throw end.error;
      else yield { kind: 'unanswered', reason: end.unanswered };
    },
  } satisfies ScriptedModel;
  return model;
}
