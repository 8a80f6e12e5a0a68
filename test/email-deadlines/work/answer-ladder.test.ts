import { describe, expect, it } from 'vitest';
import { anEmail, type OfficeOptions } from '../office.ts';
import { openedOffices } from '../opened-office.ts';

const { opened, clock } = openedOffices('ladder');

describe('the ladder of an answer', () => {
  const steps = async (deadline: number, options: OfficeOptions = {}) => {
    const asked: string[] = [];
    const office = await opened([anEmail('e1', { deadline })], {
      times: { full: 6_000, faster: 2_500, template: 1 },
      ...options,
      async answer(step, emailId) {
        asked.push(step);
        return (await options.answer?.(step, emailId)) ?? `By ${step}`;
      },
    });
    await office.workOff();
    return { asked, email: await office.email('e1'), office };
  };

  it.each([
    [60, 'full'],
    [4, 'faster'],
    [1, 'template'],
  ])('answers with %i s left by the %s step, and records which', async (deadline, step) => {
    const { asked, email } = await steps(deadline);

    expect(asked).toEqual([step]);
    expect(email).toMatchObject({ answered_by: step, response: `By ${step}`, on_time: true });
  });

  it('hands on from a step that fails to a surer one', async () => {
    const answer = async (step: string) => {
      if (step !== 'template') throw new Error(`${step} is away`);
      return 'By template';
    };

    const { asked, email, office } = await steps(60, { answer });

    expect(asked).toEqual(['full', 'faster', 'template']);
    expect(email).toMatchObject({ answered_by: 'template', state: 'sent' });
    expect(office.log.saying('surer')).toHaveLength(2);
  });

  it('leaves out a step for which a failure has taken the time', async () => {
    const answer = async (step: string) => {
      if (step !== 'full') return `By ${step}`;
      clock.pass(8_000);
      throw new Error('Too slow');
    };

    const { asked, email } = await steps(9, { answer });

    expect(asked).toEqual(['full', 'template']);
    expect(email).toMatchObject({ answered_by: 'template', on_time: true });
  });

  it('gives an answer by its best step when it is too late anyway', async () => {
    const office = await opened([anEmail('e1', { deadline: 1 })], {
      times: { full: 6_000, template: 1 },
    });
    clock.pass(5_000);

    await office.invoke();

    expect(await office.email('e1')).toMatchObject({ answered_by: 'full', on_time: false });
  });
});
