import path from 'node:path';
import { isHttpUrl } from '../lambdas/shared/public-url.ts';
import { readSettings, SettingsError } from '../lib/settings.ts';

/** The settings of the local cloud: environment variables, and defaults for those that are not set. */
export interface LocalSettings {
  port: number;
  dataDir: string;
  publicBaseUrl: string;
  openai: { apiKey: string; baseUrl?: string; simulated: boolean };
  twilio: {
    accountSid: string;
    authToken: string;
    phoneNumber: string;
    baseUrl?: string;
    simulated: boolean;
  };
  /** Whether the mailbox of the emails is the simulated one. */
  mailbox: { apiKey: string; simulated: boolean };
  /** All variables, which are passed on to the stack. */
  passedOn: Record<string, string | undefined>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Twilio's number for its WhatsApp sandbox. */
const sandboxNumber = '+14155238886';
const demoAccountSid = `AC${'0'.repeat(32)}`;
const demoAuthToken = 'local-auth-token';

/** Reads the settings; throws a SettingsError that says what is wrong and what would be right. */
export function readLocalSettings(environment: Environment): LocalSettings {
  const set = (name: string) => environment[name]?.trim() || undefined;
  const port = readPort(set('PORT') ?? '3000');
  const [emailsUrl, respondUrl] = [set('EMAILS_URL'), set('RESPOND_URL')];
  if (!emailsUrl !== !respondUrl) {
    throw new SettingsError(
      `${emailsUrl ? 'EMAILS_URL' : 'RESPOND_URL'} is set alone: a mailbox has both, EMAILS_URL and RESPOND_URL.`,
    );
  }
  const settings: LocalSettings = {
    port,
    dataDir: path.resolve(set('DATA_DIR') ?? '.local'),
    publicBaseUrl: readUrl('PUBLIC_BASE_URL', set('PUBLIC_BASE_URL') ?? `http://localhost:${port}`),
    openai: readOpenAi(set),
    twilio: readTwilio(set),
    mailbox: {
      apiKey: set('MAILBOX_API_KEY') ?? 'local-key',
      simulated: !emailsUrl,
    },
    passedOn: environment,
  };
  checkDeployment(settings);
  return settings;
}

/** Throws now on settings that the stack would refuse while it is synthesized. */
function checkDeployment({ passedOn, publicBaseUrl, openai, twilio }: LocalSettings): void {
  const urls = {
    PUBLIC_BASE_URL: publicBaseUrl,
    OPENAI_BASE_URL: openai.baseUrl,
    TWILIO_BASE_URL: twilio.baseUrl,
  };
  readSettings({}, { ...passedOn, ...urls });
}

type Lookup = (name: string) => string | undefined;

function readOpenAi(set: Lookup): LocalSettings['openai'] {
  const [apiKey, baseUrl] = [set('OPENAI_API_KEY'), set('OPENAI_BASE_URL')];
  if (apiKey && /\s/.test(apiKey)) {
    throw new SettingsError('OPENAI_API_KEY has a space or line break in it: paste the key alone.');
  }
  return {
    // Self-hosted servers mostly need no key, but the client must send one.
    apiKey: apiKey ?? 'local-key',
    simulated: !apiKey && !baseUrl,
    ...(baseUrl && { baseUrl: readUrl('OPENAI_BASE_URL', baseUrl) }),
  };
}

function readTwilio(set: Lookup): LocalSettings['twilio'] {
  const [accountSid, authToken] = [set('TWILIO_ACCOUNT_SID'), set('TWILIO_AUTH_TOKEN')];
  const [baseUrl, phoneNumber] = [set('TWILIO_BASE_URL'), set('TWILIO_PHONE_NUMBER')];
  if (accountSid && !/^AC[0-9a-fA-F]{32}$/.test(accountSid)) {
    throw new SettingsError(
      'TWILIO_ACCOUNT_SID is not an account SID: AC and 32 hexadecimal digits.',
    );
  }
  if (accountSid && !authToken && !baseUrl) {
    throw new SettingsError(
      'TWILIO_ACCOUNT_SID is set but TWILIO_AUTH_TOKEN is missing: set both or none.',
    );
  }
  const number = (phoneNumber ?? sandboxNumber).replace(/^whatsapp:/, '');
  if (!/^\+[1-9]\d{5,14}$/.test(number)) {
    throw new SettingsError('TWILIO_PHONE_NUMBER is not a number such as +14155238886.');
  }
  return {
    accountSid: accountSid ?? demoAccountSid,
    authToken: authToken ?? demoAuthToken,
    phoneNumber: number,
    simulated: !accountSid && !baseUrl,
    ...(baseUrl && { baseUrl: readUrl('TWILIO_BASE_URL', baseUrl) }),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SettingsError(`PORT is "${text}": set a number from 1 to 65535.`);
}

function readUrl(name: string, text: string): string {
  if (isHttpUrl(text)) return text.replace(/\/+$/, '');
  throw new SettingsError(`${name} is not an http(s) URL.`);
}
