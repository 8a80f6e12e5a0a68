/** Who answers, from the best to the surest. */
export const steps = ['full', 'faster', 'template'] as const;
export type Step = (typeof steps)[number];

/** The time in milliseconds that each step of a run is expected to take; a step that a run does not have is left out. */
export type StepTimes = Readonly<Partial<Record<Step, number>>>;

/** The step that answers, and how long it may take before the next one must have its turn. */
export interface Choice {
  step: Step;
  patienceMs: number;
}

/**
 * The best step that is expected to be done in the time that is left, with so much patience that a
 * surer step can still answer in time after it. Where none is expected to be in time the surest
 * answers if the deadline is still ahead; behind the deadline it is late anyway, and the best does.
 */
export function chooseStep(leftMs: number, times: StepTimes): Choice {
  const ladder = steps.filter((step) => times[step] !== undefined);
  const best = ladder.find((step) => (times[step] ?? 0) <= leftMs);
  const late = leftMs <= 0 ? ladder[0] : ladder.at(-1);
  const step = best ?? late ?? 'template';
  if (!best) return { step, patienceMs: Infinity };
  const surer = ladder.slice(ladder.indexOf(step) + 1).map((one) => times[one] ?? 0);
  return { step, patienceMs: patience(leftMs, times[step] ?? 0, surer) };
}

/** All the time but what the quickest of the surer steps takes, and never less than the step itself is expected to take. */
function patience(leftMs: number, ownMs: number, surerMs: readonly number[]): number {
  if (surerMs.length === 0) return Infinity;
  return Math.max(ownMs, leftMs - Math.min(...surerMs));
}
