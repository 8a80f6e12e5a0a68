import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import browserJson from '../browser/package.json' with { type: 'json' };

const lockfile = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const { packages } = JSON.parse(lockfile) as {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
};

describe('package-lock.json', () => {
  it('has the optional packages of every platform, without which npm ci refuses it', () => {
    const native = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => /(darwin|win32|linux|android)-/.test(name));

    const missing = native.filter((name) => !packages[`node_modules/${name}`]);
    expect(missing).toEqual([]);
  });

  it('names no host that packages were fetched from', () => {
    const browserLockfile = readFileSync(
      new URL('../browser/package-lock.json', import.meta.url),
      'utf8',
    );

    expect(lockfile).not.toMatch(/"resolved"/);
    expect(browserLockfile).not.toMatch(/"resolved"/);
  });
});

describe('package.json', () => {
  it('pins every package to one version', () => {
    const versions = {
      ...packageJson.dependencies,
      ...packageJson.devDependencies,
      ...browserJson.dependencies,
    };

    expect(Object.values(versions).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual(
      [],
    );
  });
});
