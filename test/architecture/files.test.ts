import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { longest } from '../support/longest-first.ts';
import { sourcesOf } from './source.ts';

const sources = sourcesOf('lambdas', 'lib', 'local', 'bin', 'bench', 'web');
const filesThat = (matches: (file: (typeof sources)[number]) => boolean) =>
  sources.filter(matches).map(({ file }) => file);

describe('a source file', () => {
  it('is short enough to be read at one go', () => {
    expect(filesThat(({ text }) => text.split('\n').length > 251)).toEqual([]);
  });

  it('is named after its job, not its kind', () => {
    const kinds =
      /(^|[-.])(utils?|helpers?|services?(?!-(times|laws))|managers?|interfaces|dtos|common|misc)([-.]|$)/;

    const wrong = filesThat(({ file }) => file.split('/').some((part) => kinds.test(part)));
    expect(wrong).toEqual([]);
  });

  it('that waits at its top level has no variable below: while it waits, these are not there yet', () => {
    expect(filesThat(({ text }) => /^await [\s\S]*^(const|let|class) /m.test(text))).toEqual([]);
  });

  it('says one company and two companies, and never company(s)', () => {
    expect(filesThat(({ text }) => /\$\{[^}]*\} (?!is )[\w ]*\w\((s|es|ies)\)/.test(text))).toEqual(
      [],
    );
  });

  it('has something of its own to say: there are no barrels', () => {
    const reExport = /export (type )?(\*|\{[^}]*\})[^;]*from [^;]*;/g;
    const isBarrel = (text: string) => text.replaceAll(reExport, '').trim() === '';

    expect(filesThat(({ file }) => path.basename(file) === 'index.ts')).toEqual([]);
    expect(filesThat(({ text }) => text.includes('export * '))).toEqual([]);
    expect(filesThat(({ text }) => isBarrel(text))).toEqual([]);
  });
});

describe('a test file', () => {
  it('that replaces a client of AWS for all gives it back, since the files of a run share their modules', () => {
    const replacing = sourcesOf('test').filter(({ text }) => /mockClient\([A-Z]/.test(text));

    expect(replacing.length).toBeGreaterThan(2);
    expect(replacing.filter(({ text }) => !text.includes('.restore()'))).toEqual([]);
  });

  const tests = sourcesOf('test');

  it('is short enough to be read at one go', () => {
    const long = tests.filter(({ text }) => text.split('\n').length > 251);

    expect(long.map(({ file }) => file)).toEqual([]);
  });

  it('is there where it is to begin first', () => {
    const names = tests.map(({ file }) => path.basename(file));

    expect(longest.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the environment', () => {
  const readers = (folder: string) =>
    filesThat(({ file, text }) => file.startsWith(folder) && text.includes('process.env'));

  it('reaches the Lambdas by their entries and schemas alone', () => {
    const allowed = ['lambdas/shared/env.ts', 'lambdas/vendors/aws/clients.ts'];

    const wrong = readers('lambdas/').filter(
      (file) => !file.endsWith('.lambda.ts') && !allowed.includes(file),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches the stack by its app alone', () => {
    expect(readers('lib/')).toEqual(['lib/app.ts']);
  });

  it('is never read while a module loads', () => {
    const atLoad = /^(export )?(const|let) .*process\.env/m;

    expect(filesThat(({ file, text }) => file.startsWith('lambdas/') && atLoad.test(text))).toEqual(
      [],
    );
  });
});
