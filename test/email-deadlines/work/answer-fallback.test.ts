import { describe, expect, it } from 'vitest';
import { anEmail, type EmailWorldOptions } from '../email-world.ts';
import { emailWorlds } from '../email-worlds.ts';

const { aWorld, clock } = emailWorlds('fallback');

describe('the fallback chain of an answer', () => {
  const steps = async (deadline: number, options: EmailWorldOptions = {}) => {
    const asked: string[] = [];
    const world = await aWorld([anEmail('e1', { deadline })], {
      times: { full: 6_000, faster: 2_500, template: 1 },
      ...options,
      async answer(step, emailId) {
        asked.push(step);
        return (await options.answer?.(step, emailId)) ?? `By ${step}`;
      },
    });
    await world.workOff();
    return { asked, email: await world.email('e1'), world };
  };

  it.each([
    [60, 'full'],
    [4, 'faster'],
    [1, 'template'],
  ])('answers with %i s left by the tier %s, and records which', async (deadline, step) => {
    const { asked, email } = await steps(deadline);

    expect(asked).toEqual([step]);
    expect(email).toMatchObject({ answered_by: step, response: `By ${step}`, on_time: true });
  });

  it('continues from a tier that fails to the next one', async () => {
    const answer = async (step: string) => {
      if (step !== 'template') throw new Error(`${step} is away`);
      return 'By template';
    };

    const { asked, email, world } = await steps(60, { answer });

    expect(asked).toEqual(['full', 'faster', 'template']);
    expect(email).toMatchObject({ answered_by: 'template', state: 'sent' });
    expect(world.log.saying('the next one takes over')).toHaveLength(2);
  });

  it('leaves out a tier for which a failure has taken the time', async () => {
    const answer = async (step: string) => {
      if (step !== 'full') return `By ${step}`;
      clock.pass(8_000);
      throw new Error('Too slow');
    };

    const { asked, email } = await steps(9, { answer });

    expect(asked).toEqual(['full', 'template']);
    expect(email).toMatchObject({ answered_by: 'template', on_time: true });
  });

  it('answers by the best tier when it is too late anyway', async () => {
    const world = await aWorld([anEmail('e1', { deadline: 1 })], {
      times: { full: 6_000, template: 1 },
    });
    clock.pass(5_000);

    await world.invoke();

    expect(await world.email('e1')).toMatchObject({ answered_by: 'full', on_time: false });
  });
});
