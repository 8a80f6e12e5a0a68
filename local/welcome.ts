import path from 'node:path';
import { defaultModel } from '../lambdas/agents/features.ts';
import { paths } from '../lambdas/whatsapp-replies/routes.ts';
import { apiPagePath } from './api-page.ts';
import { demoPath, shopOrigin } from './demo-shop.ts';
import type { Engine } from './engine.ts';
import type { LocalSettings } from './settings.ts';
import { signedCurl } from './signed-curl.ts';

/** What a person needs to know once it runs: what is where, and how to try it. */
export function welcome(engine: Engine, settings: LocalSettings): string {
  const { cloud, openai, twilio, mailbox } = engine;
  const model = openai
    ? `simulated at ${openai.url} (set OPENAI_API_KEY for the real one)`
    : `${settings.openai.baseUrl ?? 'api.openai.com'} (default model ${defaultModel})`;
  const whatsApp = twilio
    ? `simulated at ${twilio.url} (set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN for the real one)`
    : `Twilio at ${settings.twilio.baseUrl ?? 'api.twilio.com'}`;
  // The commands find it by its folder.
  const place = isDefault(settings.dataDir) ? '' : `DATA_DIR=${shellWord(settings.dataDir)} `;
  const rows: [string, string][] = [
    ['API', `${cloud.url} (public: ${settings.publicBaseUrl})`],
    ['Webhook', `${settings.publicBaseUrl}${paths.inbound}`],
    ['API page', `${cloud.url}${apiPagePath}`],
    ['Demo shop', `${shopOrigin(cloud.port)}${demoPath} (a page with the web chat)`],
    ['Number', `${settings.twilio.phoneNumber} (more: ${place}npx replies channels add)`],
    ['Model', model],
    ['WhatsApp', whatsApp],
    [
      'Mailbox',
      mailbox
        ? `simulated at ${mailbox.url} (set EMAILS_URL and RESPOND_URL for a real one)`
        : 'at EMAILS_URL',
    ],
    ['Break it', 'docs/guides/break-it.md says how to let these fail'],
    ['Functions', cloud.functionNames.join(', ')],
    [
      'Data',
      `${settings.dataDir} (kept; logs in its folder logs, shown by ${place}npx replies logs FUNCTION)`,
    ],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`).join('\n');
  return [
    'The stack that cdk deploy puts on AWS now runs on this machine:',
    table,
    ...(twilio
      ? [
          'In another terminal, be a customer:',
          `  ${place}npx replies chat\n  ${place}npx replies chat "Where is my order?"`,
          'or post a webhook, signed as Twilio signs it:',
          signedCurl(settings, cloud.url),
        ]
      : [`Point Twilio at the webhook above, and write to ${settings.twilio.phoneNumber}.`]),
    'Call the API as the demo company:',
    `  curl ${cloud.url}/usage -H 'Authorization: Bearer ${engine.demoKey}'`,
    'Ctrl-C ends it.\n',
  ].join('\n\n');
}

const isDefault = (dataDir: string): boolean => dataDir === path.resolve('.local');

const shellWord = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
