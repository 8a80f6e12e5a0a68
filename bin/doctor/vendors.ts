import { counted } from '../../lambdas/shared/plural.ts';
import { parseTwilioCredentials } from '../../lambdas/vendors/twilio/credentials.ts';
import type { Channel } from '../../lambdas/whatsapp-replies/messages.ts';
import { secretNames } from '../secret-names.ts';
import { type Check, fix, ok, reached, skip, warn } from './check.ts';
import type { Deployment } from './deployment.ts';
import { announcedUntil, shutdownOf } from './model-shutdowns.ts';
import { checkSender, messagesOf, sendersOf } from './twilio-senders.ts';

/** Whether Twilio sends what customers write to this deployment. */
export const twilioCheck = (deployment: Deployment, channels: () => Promise<Channel[]>): Check => ({
  name: 'twilio',
  async look(signal) {
    const stored = await deployment.secret(secretNames.twilio);
    if (!stored) return [skip('its secret is empty.')];
    const numbers = (await channels()).map(({ number }) => number);
    if (numbers.length === 0) return [skip('no number is registered.')];
    const [stack, variables] = await Promise.all([
      deployment.stack(),
      deployment.variables('reply-processor'),
    ]);
    const ours = stack?.outputs['WhatsAppWebhookUrl'];
    if (!ours) return [skip('the stack does not say where its webhook is.')];
    const baseUrl = variables['TWILIO_BASE_URL'] ?? 'https://messaging.twilio.com';
    const answer = await sendersOf(parseTwilioCredentials(stored), baseUrl, signal);
    if (answer.kind === 'refused') {
      return [
        fix('Twilio refuses the credentials in the secret: npx replies secrets fills it again.'),
      ];
    }
    if (answer.kind === 'unavailable' && answer.status === 404) {
      return [await messagesOf(parseTwilioCredentials(stored), baseUrl, signal)];
    }
    if (answer.kind === 'unavailable') {
      return [warn(`Twilio did not list its senders (${answer.status}): try again.`)];
    }
    return numbers.map((number) => checkSender(number, answer.senders, ours));
  },
});

const soonDays = 90;
const dayMs = 86_400_000;

/** Whether the models that companies have chosen are going to end, as far as that was announced. */
export const shutdownCheck = (models: () => Promise<string[]>, now: () => number): Check => ({
  name: 'models',
  async look() {
    return (await models()).map((model) => {
      const day = shutdownOf(model);
      if (!day) {
        return ok(`${model}: no shutdown is announced (OpenAI's list of ${announcedUntil}).`);
      }
      const days = Math.ceil((Date.parse(day) - now()) / dayMs);
      const change = 'choose another by npx replies assistant, or in the feature "email-answers".';
      if (days <= 0) return fix(`${model} has ended on ${day}: ${change}`);
      const text = `${model} ends on ${day}, in ${counted(days, 'day')}`;
      return days <= soonDays ? warn(`${text}: ${change}`) : ok(`${text}.`);
    });
  },
});

/** Whether the model's server answers for these models with the key that is stored. */
export const modelCheck = (deployment: Deployment, models: () => Promise<string[]>): Check => ({
  name: 'model access',
  async look(signal) {
    const key = await deployment.secret(secretNames.openAi);
    if (!key) return [skip('its secret is empty.')];
    const { OPENAI_BASE_URL: own } = await deployment.variables('reply-processor');
    const baseUrl = (own ?? 'https://api.openai.com/v1').replace(/\/+$/, '');
    return Promise.all(
      (await models()).map(async (model) => {
        const response = await reached(`${baseUrl}/models/${encodeURIComponent(model)}`, {
          headers: { authorization: `Bearer ${key.trim()}` },
          signal,
        });
        await response.body?.cancel();
        return checkModel(model, response.status, own !== undefined);
      }),
    );
  },
});

function checkModel(model: string, status: number, isOwnServer: boolean) {
  if (status === 200) return ok(`${model} can be had with the stored key.`);
  if (status === 401 || status === 403) {
    return fix(
      `the key in the secret may not use ${model} (${status}): fill it again, or allow it.`,
    );
  }
  if (status === 404 && isOwnServer) {
    return warn(
      `the server at OPENAI_BASE_URL does not list ${model} (404): ask it for an answer.`,
    );
  }
  if (status === 404) return fix(`${model} is not there for this key (404): choose another.`);
  return warn(`the model's server answered ${status} for ${model}: try again.`);
}

/** Whether the keys that verify tokens can be fetched. */
export const issuerCheck = (deployment: Deployment): Check => ({
  name: 'OIDC issuer',
  async look(signal) {
    const { OIDC_ISSUER: issuer } = await deployment.variables('authorizer');
    if (!issuer) return [skip('OIDC_ISSUER is not set: callers use API keys.')];
    const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
    const discovery = await json(url, signal);
    const keysUrl = discovery['jwks_uri'];
    if (typeof keysUrl !== 'string') return [fix(`${url} names no jwks_uri: check OIDC_ISSUER.`)];
    const { keys } = await json(keysUrl, signal);
    return [
      Array.isArray(keys) && keys.length > 0
        ? ok(`${issuer} has ${counted(keys.length, 'key')}.`)
        : fix(`${keysUrl} has no keys: every token is refused.`),
    ];
  },
});

async function json(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await reached(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: tokens are refused.`);
  return (await response.json()) as Record<string, unknown>;
}
