import { describe, expect, it } from 'vitest';
import { agentDirectory } from '../../../lambdas/agents/vendors/agent-directory.ts';
import type { Tenant } from '../../../lambdas/tenancy/tenant.ts';
import type { OpenAiSource } from '../../../lambdas/vendors/openai/client.ts';

const openAi: OpenAiSource = () => Promise.reject(new Error('Nobody is asked here.'));

function directory(configured: Record<string, unknown>, status: Tenant['status'] = 'active') {
  const tenants = {
    tenant: async (id: string) => (id === 'acme' ? ({ status } as Tenant) : undefined),
    configuration: async (_: string, feature: string) => configured[feature],
  };
  return agentDirectory(tenants, openAi, {
    runMaxWaitSeconds: 300,
    clock: { sleep: async () => undefined },
  });
}

describe('who answers a conversation', () => {
  it('is the default model where a company has set nothing', async () => {
    const agent = await directory({})('acme', null, 'webchat');

    expect(agent).toMatchObject({ name: 'assistant', maxWaitMs: 300_000, suspended: false });
    expect(agent.fallback).toMatch(/^Sorry/);
  });

  it('is the agent that the conversation names, else the company’s assistant', async () => {
    const of = directory({
      assistant: { limits: { run_max_wait_seconds: 10 } },
      'assistant.support': { limits: { run_max_wait_seconds: 20 } },
    });

    const waits = await Promise.all(
      [null, 'support', 'sales'].map(async (name) => (await of('acme', name, 'webchat')).maxWaitMs),
    );
    expect(waits).toEqual([10_000, 20_000, 10_000]);
  });

  it('is nobody who cannot stream, which says what to set', async () => {
    const threads = { adapter: 'threads', assistant_id: 'asst_1' };

    await expect(directory({ assistant: threads })('acme', null, 'webchat')).rejects.toMatchObject({
      next: 'alert',
      code: 'agent_unusable',
      message: expect.stringMatching(/feature assistant of acme .* adapter threads.*set/),
    });
    await expect(
      directory({ 'assistant.support': threads })('acme', 'support', 'webchat'),
    ).rejects.toThrow('feature assistant.support of acme');
  });

  it('is told of a company that is suspended, unknown, or configured as nobody can read', async () => {
    expect((await directory({}, 'suspended')('acme', null, 'webchat')).suspended).toBe(true);
    await expect(directory({})('other', null, 'webchat')).rejects.toMatchObject({
      code: 'tenant_unknown',
    });
    await expect(directory({ assistant: 7 })('acme', null, 'webchat')).rejects.toMatchObject({
      code: 'configuration_malformed',
    });
  });
});
