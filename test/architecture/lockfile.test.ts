import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };

const packages: Record<string, { optionalDependencies?: Record<string, string> }> = lock.packages;

describe('package-lock.json', () => {
  it('has the optional packages of every platform, without which npm ci refuses it', () => {
    const native = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => /(darwin|win32|linux|android)-/.test(name));

    const missing = native.filter((name) => !packages[`node_modules/${name}`]);
    expect(missing).toEqual([]);
  });

  it('names no host that packages were fetched from', () => {
    expect(JSON.stringify(lock)).not.toMatch(/"resolved"/);
  });
});

describe('package.json', () => {
  it('pins every package to one version', () => {
    const versions = { ...packageJson.dependencies, ...packageJson.devDependencies };

    expect(Object.values(versions).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual(
      [],
    );
  });
});
