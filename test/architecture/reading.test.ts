import { describe, expect, it } from 'vitest';
import { sourcesOf } from './source.ts';

const importsOf = new Map(
  sourcesOf('lambdas', 'lib', 'local', 'bin', 'bench').map(({ file, imports }) => [file, imports]),
);

/** The project's files that this one imports, itself and what they import included. */
function closureOf(entry: string): string[] {
  const closure = new Set([entry]);
  for (const file of closure) {
    for (const imported of importsOf.get(file) ?? []) {
      if (importsOf.has(imported)) closure.add(imported);
    }
  }
  return [...closure];
}

describe('the reply function', () => {
  const closure = closureOf('lambdas/whatsapp-replies/reply-processor.lambda.ts');

  it('is made of few files of its own, and of few that it shares', () => {
    const own = closure.filter((file) => file.startsWith('lambdas/whatsapp-replies/'));

    expect(own).toContain('lambdas/whatsapp-replies/work/turn.ts');
    expect(own.length).toBeLessThanOrEqual(39);
    expect(closure.length).toBeLessThanOrEqual(95);
  });

  it('has thirteen files of work', () => {
    const core = closure.filter((file) =>
      /^lambdas\/whatsapp-replies\/work\/(steps\/)?[^/]+\.ts$/.test(file),
    );

    expect(core.length).toBeLessThanOrEqual(13);
  });
});

describe('the files of the functions, the local cloud, the commands and the benches', () => {
  it('import each other in no circle, types included', () => {
    const isInCircle = (file: string) =>
      (importsOf.get(file) ?? []).some((imported) => closureOf(imported).includes(file));

    expect([...importsOf.keys()].filter(isInCircle)).toEqual([]);
  });
});
