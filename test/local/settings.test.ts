import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SettingsError } from '../../lib/settings.ts';
import { readLocalSettings } from '../../local/settings.ts';

const accountSid = `AC${'a1'.repeat(16)}`;

/** The message of the error that these variables lead to. */
function faultOf(environment: Record<string, string>): string {
  try {
    readLocalSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('Expected a SettingsError, got settings.');
}

describe('the local settings', () => {
  it('are complete where nothing is set, with both vendors simulated', () => {
    expect(readLocalSettings({})).toEqual({
      port: 3000,
      dataDir: path.resolve('.local'),
      publicBaseUrl: 'http://localhost:3000',
      openai: { apiKey: expect.any(String), simulated: true },
      twilio: {
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'local-auth-token',
        phoneNumber: '+14155238886',
        simulated: true,
      },
      mailbox: { apiKey: 'local-key', simulated: true },
      passedOn: {},
    });
  });

  it('take what is set before their defaults', () => {
    const settings = readLocalSettings({
      PORT: '4000',
      DATA_DIR: 'elsewhere',
      PUBLIC_BASE_URL: 'https://replies.example/',
      OPENAI_API_KEY: 'sk-1',
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: 'a-token',
      TWILIO_PHONE_NUMBER: 'whatsapp:+15550001234',
    });

    expect(settings).toMatchObject({
      port: 4000,
      dataDir: path.resolve('elsewhere'),
      publicBaseUrl: 'https://replies.example',
      openai: { apiKey: 'sk-1', simulated: false },
      twilio: {
        accountSid,
        authToken: 'a-token',
        phoneNumber: '+15550001234',
        simulated: false,
      },
    });
  });

  it('derive the public URL from the port', () => {
    expect(readLocalSettings({ PORT: '8080' }).publicBaseUrl).toBe('http://localhost:8080');
  });

  it('take servers that speak a vendor API instead of the simulators', () => {
    const settings = readLocalSettings({
      OPENAI_BASE_URL: 'http://localhost:1234/v1/',
      TWILIO_BASE_URL: 'http://localhost:5678',
    });

    expect(settings.openai).toMatchObject({
      baseUrl: 'http://localhost:1234/v1',
      simulated: false,
    });
    expect(settings.twilio).toMatchObject({ baseUrl: 'http://localhost:5678', simulated: false });
  });

  it.each(['', '  '])('take "%s" as not set, and trim what is', (blank) => {
    expect(
      readLocalSettings({ PORT: blank, OPENAI_API_KEY: blank, TWILIO_BASE_URL: blank }),
    ).toMatchObject({
      port: 3000,
      openai: { simulated: true },
      twilio: { simulated: true },
    });
    expect(readLocalSettings({ OPENAI_API_KEY: ' sk-1\n' }).openai.apiKey).toBe('sk-1');
  });

  it('keep an own auth token with the simulated Twilio', () => {
    const { twilio } = readLocalSettings({ TWILIO_AUTH_TOKEN: 'mine' });

    expect(twilio).toMatchObject({ authToken: 'mine', simulated: true });
  });

  it('pass the variables of a deployment on', () => {
    const environment = { RUN_MAX_WAIT_SECONDS: '60', acme_support_ASSISTANT_ID: 'asst_1' };

    expect(readLocalSettings(environment).passedOn).toMatchObject(environment);
  });
});

describe('a wrong setting', () => {
  it.each<[string, Record<string, string>]>([
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '30.5' }],
    ['PUBLIC_BASE_URL', { PUBLIC_BASE_URL: 'replies.example' }],
    ['PUBLIC_BASE_URL', { PUBLIC_BASE_URL: 'ftp://replies.example' }],
    ['PUBLIC_BASE_URL', { PUBLIC_BASE_URL: 'https://replies.exam\tple' }],
    ['PUBLIC_BASE_URL', { PUBLIC_BASE_URL: 'https:replies.example' }],
    ['OPENAI_BASE_URL', { OPENAI_BASE_URL: 'localhost:1234' }],
    ['OPENAI_BASE_URL', { OPENAI_BASE_URL: 'http://local\u200bhost:1234' }],
    ['OPENAI_API_KEY', { OPENAI_API_KEY: 'sk-1 sk-2' }],
    ['TWILIO_ACCOUNT_SID', { TWILIO_ACCOUNT_SID: 'SK123', TWILIO_AUTH_TOKEN: 'a-token' }],
    ['TWILIO_AUTH_TOKEN', { TWILIO_ACCOUNT_SID: accountSid }],
    ['TWILIO_PHONE_NUMBER', { TWILIO_PHONE_NUMBER: '0041 44 668 18 00' }],
    ['TWILIO_BASE_URL', { TWILIO_BASE_URL: 'twilio' }],
    ['RUN_MAX_WAIT_SECONDS', { RUN_MAX_WAIT_SECONDS: 'long' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ])('is one plain line that names %s: %j', (name, environment) => {
    const message = faultOf(environment);

    expect(message).toContain(name);
    expect(message).not.toContain('\n');
  });

  it('never shows a secret', () => {
    expect(faultOf({ OPENAI_API_KEY: 'sk-secret and more' })).not.toContain('sk-secret');
    expect(faultOf({ TWILIO_ACCOUNT_SID: 'AC-secret', TWILIO_AUTH_TOKEN: 'token' })).not.toContain(
      'AC-secret',
    );
  });
});
