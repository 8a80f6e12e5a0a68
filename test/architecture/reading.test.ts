import { describe, expect, it } from 'vitest';
import { sourcesOf } from './source.ts';

const importsOf = new Map(sourcesOf('lambdas').map(({ file, imports }) => [file, imports]));

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
    expect(own.length).toBeLessThanOrEqual(37);
    expect(closure.length).toBeLessThanOrEqual(90);
  });

  it('has thirteen files of work and no circle of imports', () => {
    const core = [...importsOf.keys()].filter((file) =>
      /^lambdas\/whatsapp-replies\/work\/(steps\/)?[^/]+\.ts$/.test(file),
    );

    expect(core.filter((file) => closure.includes(file)).length).toBeLessThanOrEqual(13);
    const imported = (file: string) => (importsOf.get(file) ?? []).flatMap(closureOf);
    expect(closure.filter((file) => imported(file).includes(file))).toEqual([]);
  });
});
