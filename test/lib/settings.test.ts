import { describe, expect, it } from 'vitest';
import { readSettings } from '../../lib/settings.ts';

const naming = { ProjectPrefix: 'acme', EnvironmentName: 'dev' };

describe('the settings of a deployment', () => {
  it('have a prefix and an environment by default', () => {
    expect(readSettings({}, {})).toEqual({
      projectPrefix: 'replies-engine',
      environmentName: 'dev',
      passedOn: {},
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
});
