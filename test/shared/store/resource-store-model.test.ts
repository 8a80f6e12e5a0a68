import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Expected } from '../../../lambdas/shared/store/resource-item.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { type Note, notesOf, ownNotes } from './notes.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const texts = fc.constantFrom('x', 'y');
const conditions = fc.constantFrom<Expected | 'current' | undefined>(
  undefined,
  'current',
  'new',
  'absent',
  'present',
  { version: 1 },
);

/** What happens to a tenant's notes: the store's, and a plain map's. */
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), id: ids, text: texts, on: conditions }),
    fc.record({ do: fc.constant('remove' as const), id: ids }),
    fc.record({
      do: fc.constant('list' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      text: fc.option(texts, { nil: undefined }),
    }),
  ),
  { maxLength: 25 },
);
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

interface ModelNote {
  text: string | undefined;
  version: number;
  history: string[];
}

function aModel() {
  const notes = new Map<string, ModelNote>();
  const apply = (id: string, text: string | undefined) => {
    const { text: before, version = 0, history = [] } = notes.get(id) ?? { text: undefined };
    const entry = `${version + 1} ${text === undefined ? 'deleted' : 'set'} ${before}`;
    notes.set(id, { text, version: version + 1, history: [entry, ...history] });
  };
  return {
    notes,
    versionOf: (id: string) => notes.get(id)?.version ?? 0,
    set(id: string, text: string, expected: Expected | undefined): string {
      if (!fits(notes.get(id), expected)) return 'conflict';
      apply(id, text);
      return 'changed';
    },
    remove(id: string): string {
      if (notes.get(id)?.text === undefined) return 'unchanged';
      apply(id, undefined);
      return 'changed';
    },
    list: (text: string | undefined): string[] =>
      [...notes]
        .filter(([, note]) => note.text !== undefined && (text ?? note.text) === note.text)
        .map(([id, note]) => `${id} ${note.text}`)
        .sort(),
  };
}

function fits(there: ModelNote | undefined, expected: Expected | undefined): boolean {
  const isSet = there?.text !== undefined;
  if (expected === undefined) return true;
  if (expected === 'new') return !there;
  if (expected === 'absent') return !isSet;
  if (expected === 'present') return isSet;
  return isSet && there.version === expected.version;
}

/** All pages of a list, none of them larger than its limit. */
async function listed(
  { tenant, notes }: ReturnType<typeof ownNotes>,
  { limit, text }: Extract<Step, { do: 'list' }>,
): Promise<string[]> {
  const where = text === undefined ? {} : { where: (note: Note) => note.text === text };
  const all: string[] = [];
  let after: string | undefined;
  do {
    const page = await notes.list(tenant, { limit, after, ...where });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    all.push(...page.items.map(({ id, body }) => `${id} ${body.text}`));
    after = page.next;
  } while (after !== undefined);
  return all;
}

async function expectSame(
  step: Step,
  own: ReturnType<typeof ownNotes>,
  model: ReturnType<typeof aModel>,
) {
  if (step.do === 'list') {
    expect((await listed(own, step)).sort()).toEqual(model.list(step.text));
  } else if (step.do === 'remove') {
    expect((await own.remove(step.id)).kind).toBe(model.remove(step.id));
  } else {
    const { id, text, on } = step;
    const expected = on === 'current' ? { version: model.versionOf(id) } : on;
    expect((await own.set(id, text, expected)).kind).toBe(model.set(id, text, expected));
  }
}

describe.each([
  ['a store', (on: TestTable) => on],
  ['a store whose answers are lost', withLostAnswers],
] as const)('%s', (_, as) => {
  it('does what a map with a history does', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const [own, model] = [ownNotes(notesOf(as(table))), aModel()];

        for (const step of all) await expectSame(step, own, model);

        for (const [id, { text, history }] of model.notes) {
          const changes = await own.notes.changes(own.tenant, id, { limit: 50 });
          const told = changes?.items.map(
            ({ version, action, before }) => `${version} ${action} ${before?.text}`,
          );
          expect([await own.textOf(id), told]).toEqual([text, history]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([false, true])(
    'lists in the order of the ids (newest first: %s)',
    async (newestFirst) => {
      const some = fc.record({
        given: fc.uniqueArray(fc.integer({ min: 100, max: 999 }), { maxLength: 12 }),
        limit: fc.integer({ min: 1, max: 5 }),
      });

      await fc.assert(
        fc.asyncProperty(some, async ({ given, limit }) => {
          const own = ownNotes(notesOf(as(table), { newestFirst }));
          for (const id of given) await own.set(String(id), 'x');
          const wanted = given.map((id) => `${id} x`).sort();

          expect(await listed(own, { do: 'list', limit, text: undefined })).toEqual(
            newestFirst ? wanted.reverse() : wanted,
          );
        }),
        { numRuns: 20 },
      );
    },
  );
});
