import { describe, expect, it } from 'vitest';
import { alertPerson } from '../../../lambdas/shared/errors.ts';
import { httpApp, problemResponse } from '../../../lambdas/shared/http/problem.ts';
import { recordedLog } from '../../support/log.ts';

function anApp() {
  const log = recordedLog();
  const app = httpApp(log);
  app.get('/foreign', () => {
    throw new Error('The words of +4915112345678');
  });
  app.get('/ours', () => {
    throw alertPerson('assistant_missing', 'No assistant answers acme/shop.');
  });
  app.get('/problem', (c) =>
    problemResponse(c, { type: 'not-found', title: 'Gone', status: 404, detail: 'It is gone.' }),
  );
  return { app, log };
}

describe('a problem', () => {
  it('is problem+json, with a type that leads to its page', async () => {
    const response = await anApp().app.request('/problem');

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'urn:replies-engine:error:not-found',
      title: 'Gone',
      status: 404,
      detail: 'It is gone.',
    });
  });

  it('is what an unknown route answers', async () => {
    const response = await anApp().app.request('/nowhere', { method: 'PUT' });

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: 'There is no PUT /nowhere.' });
  });
});

describe('an error that nobody caught', () => {
  it('is answered with its code and logged with its message when it is ours', async () => {
    const { app, log } = anApp();

    const response = await app.request('/ours');

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      type: 'urn:replies-engine:error:unavailable',
      detail: expect.stringContaining('assistant_missing'),
    });
    expect(log.text()).toContain('No assistant answers acme/shop.');
  });

  it('tells nothing of its message when it is another’s', async () => {
    const { app, log } = anApp();

    const response = await app.request('/foreign');

    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('4915112345678');
    expect(log.text()).not.toContain('4915112345678');
    expect(log.text()).toContain('"error_code":"unexpected"');
  });
});
