import { describe, expect, it } from 'vitest';
import { refusalOf, running } from './running.ts';

const model = 'gpt-4.1';

describe('faults that are asked for', () => {
  it('befall only the calls that contain a text, where one is given', async () => {
    const { client, simulator } = await running();
    const { id } = await client.conversations.create();
    const effect = { kind: 'respond', status: 400 } as const;
    simulator.faults.add({ operation: 'responses.create', effect, containing: id });

    const other = await client.responses.create({ model, input: 'hello' });
    const refusal = await refusalOf(
      client.responses.create({ model, input: 'hello', conversation: id }),
    );

    expect(other.status).toBe('completed');
    expect(refusal.status).toBe(400);
  });

  it('let a call take effect and spoil its answer: a page, or half of it', async () => {
    const { client, simulator } = await running();
    const operation = 'models.list';
    simulator.faults.add({ operation, effect: { kind: 'garble', text: '<html>' } });
    simulator.faults.add({ operation, effect: { kind: 'garble' } });
    const text = async () => (await fetch(`${simulator.url}/v1/models`)).text();

    const [page, half] = [await text(), await text()];
    const whole = JSON.stringify((await client.models.list()).data);

    expect(page).toBe('<html>');
    expect(half).toMatch(/^\{"object":"list"/);
    expect(half.length).toBeLessThan(whole.length);
  });

  it('have the model end as a customer may ask it to, whatever is written', async () => {
    const { client, simulator } = await running();
    const ask = (body: unknown) =>
      fetch(`${simulator.url}/_sim/faults`, { method: 'POST', body: JSON.stringify(body) });
    const effect = { kind: 'sim', command: 'fail rate_limit_exceeded' };

    const asked = await ask({ operation: 'model', effect });
    const failed = await client.responses.create({ model, input: 'hello' });
    const next = await client.responses.create({ model, input: 'hello' });
    const wrong = await ask({ operation: 'responses.create', effect });

    expect(asked.status).toBe(204);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'rate_limit_exceeded' } });
    expect(next.status).toBe('completed');
    expect(wrong.status).toBe(400);
  });
});
