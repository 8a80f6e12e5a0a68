import { describe, expect, it } from 'vitest';
import { readSettings } from '../../lib/settings.ts';

const naming = { ProjectPrefix: 'acme', EnvironmentName: 'dev' };

describe('the settings of a deployment', () => {
  it('have a prefix and an environment by default', () => {
    expect(readSettings({}, {})).toEqual({
      projectPrefix: 'replies-engine',
      environmentName: 'dev',
      passedOn: {},
      runbookUrl: 'docs/runbook.md',
    });
  });

  it.each(['Acme', '1acme', 'acme_x', '', 'a'.repeat(29), 'acme corp'])(
    'refuse the prefix "%s" by a sentence that says what would be right',
    (ProjectPrefix) => {
      expect(() => readSettings({ ...naming, ProjectPrefix }, {})).toThrow(
        `Expected ProjectPrefix to be up to 28 lower-case letters, digits and hyphens, got "${ProjectPrefix}".`,
      );
    },
  );

  it.each(['production', 'Dev', '', 'toString'])(
    'refuse the environment "%s" by a sentence that names those there are',
    (EnvironmentName) => {
      expect(() => readSettings({ ...naming, EnvironmentName }, {})).toThrow(
        `Expected EnvironmentName to be one of local, dev, prod, got "${EnvironmentName}".`,
      );
    },
  );

  it.each([
    ['RUN_MAX_WAIT_SECONDS', 'abc'],
    ['RETENTION_DAYS', '0'],
    ['PUBLIC_BASE_URL', 'replies.example'],
    ['PUBLIC_BASE_URL', 'https://replies.exam\tple'],
    ['EMAILS_URL', 'https:\\\\mail.acme.dev'],
    ['OIDC_ISSUER', 'https://login.acme\u200b.dev'],
    ['LOG_LEVEL', 'verbose'],
  ])('refuse %s="%s", which the functions could not read', (name, value) => {
    expect(() => readSettings(naming, { [name]: value })).toThrow(`${name}="${value}"`);
  });

  it('pass on the variables of the functions that are set, and no others', () => {
    const passed = {
      PUBLIC_BASE_URL: 'https://replies.example',
      RUN_MAX_WAIT_SECONDS: '120',
      acme_support_ASSISTANT_ID: 'asst_1',
    };

    const settings = readSettings(naming, {
      ...passed,
      OPENAI_BASE_URL: '',
      OPENAI_API_KEY: 'sk-secret',
      PATH: '/usr/bin',
      '1_support_ASSISTANT_ID': 'asst_2',
    });

    expect(settings.passedOn).toEqual(passed);
  });

  it.each(['operator', 'a@b', 'operator@replies.acme.dev, second@replies.acme.dev'])(
    'refuse "%s" as the address for alarms',
    (ALARM_EMAIL) => {
      expect(() => readSettings(naming, { ALARM_EMAIL })).toThrow('it is one email address');
    },
  );

  it('say who is told of alarms and where the runbook is, which no function needs to know', () => {
    const settings = readSettings(naming, {
      ALARM_EMAIL: 'operator@replies.acme.dev',
      RUNBOOK_URL: 'https://wiki.acme.dev/runbook',
    });

    expect(settings).toMatchObject({
      alarmEmail: 'operator@replies.acme.dev',
      runbookUrl: 'https://wiki.acme.dev/runbook',
      passedOn: {},
    });
  });
});

describe('the settings of production', () => {
  const prod = { ...naming, EnvironmentName: 'prod' };

  it.each([
    ['PUBLIC_BASE_URL', 'https://example.com'],
    ['PUBLIC_BASE_URL', 'https://api.example.org/base'],
    ['PUBLIC_BASE_URL', 'https://replies.example'],
    ['PUBLIC_BASE_URL', 'http://localhost:3000'],
    ['EMAILS_URL', 'http://127.0.0.1:8080/emails'],
    ['RESPOND_URL', 'https://mail.invalid/respond'],
    ['DEFAULT_ASSISTANT_ID', 'changeme'],
    ['acme_support_ASSISTANT_ID', 'your-assistant-id'],
    ['OIDC_AUDIENCE', '<client id>'],
    ['OIDC_AUDIENCE', 'TODO'],
    ['ALARM_EMAIL', 'operator@example.com'],
    ['RUNBOOK_URL', 'https://example.com/runbook'],
    ['PUBLIC_BASE_URL', ''],
    ['PUBLIC_BASE_URL', ' '],
  ])('refuse the placeholder %s="%s", and do not repeat it', (name, value) => {
    const read = () => readSettings(prod, { [name]: value, PATH: '' });

    expect(read).toThrow(`placeholders, empty or of this machine: ${name}.`);
    if (value.trim()) expect(read).not.toThrow(value);
  });

  it.each([
    'https://replies.acme.dev',
    'https://examples.com',
    'https://latest.acme.dev/test',
    'https://contest.com/exampled',
  ])('take %s', (PUBLIC_BASE_URL) => {
    expect(readSettings(prod, { PUBLIC_BASE_URL }).passedOn).toEqual({ PUBLIC_BASE_URL });
  });

  it('are read less strictly on other stages', () => {
    const PUBLIC_BASE_URL = 'https://replies.example';

    expect(readSettings(naming, { PUBLIC_BASE_URL }).passedOn).toEqual({ PUBLIC_BASE_URL });
  });
});
