/** What the graph needs of an email; a dependency that is mentioned twice is one. */
export interface DependingEmail {
  email_id: string;
  dependencies: readonly string[];
}

/** An email among those it waits for and those that wait for it. */
export interface GraphEmail<E extends DependingEmail = DependingEmail> {
  email: E;
  parents: GraphEmail<E>[];
  dependents: GraphEmail<E>[];
}

/** A run's emails without a cycle. `order` has every email behind all that it waits for. */
export interface DependencyGraph<E extends DependingEmail = DependingEmail> {
  order: readonly GraphEmail<E>[];
  byId: ReadonlyMap<string, GraphEmail<E>>;
}

/** What is wrong with the emails of a run. Of a cycle `email_ids` is the path, each waiting for the next, the last for the first. */
export interface GraphFault {
  kind: 'duplicate' | 'unknown' | 'self' | 'cycle';
  email_ids: string[];
  message: string;
}

export type GraphCheck<E extends DependingEmail = DependingEmail> =
  | { kind: 'sound'; graph: DependencyGraph<E> }
  | { kind: 'faulty'; faults: GraphFault[] };

/**
 * The graph of these emails, or every fault in them, in O(emails + dependencies) and without
 * recursion. Of cycles that share an email one is named; the others show once that one is fixed.
 */
export function checkGraph<E extends DependingEmail>(emails: readonly E[]): GraphCheck<E> {
  const faults: GraphFault[] = [];
  const byId = nodesById(emails, faults);
  for (const node of byId.values()) connect(node, byId, faults);
  const order = parentsFirst([...byId.values()], (cycle) => faults.push(cycleFault(cycle)));
  return faults.length > 0 ? { kind: 'faulty', faults } : { kind: 'sound', graph: { order, byId } };
}

function nodesById<E extends DependingEmail>(
  emails: readonly E[],
  faults: GraphFault[],
): Map<string, GraphEmail<E>> {
  const byId = new Map<string, GraphEmail<E>>();
  const repeated = new Set<string>();
  for (const email of emails) {
    if (byId.has(email.email_id)) repeated.add(email.email_id);
    else byId.set(email.email_id, { email, parents: [], dependents: [] });
  }
  for (const id of repeated) faults.push(duplicateFault(id));
  return byId;
}

function connect<E extends DependingEmail>(
  node: GraphEmail<E>,
  byId: ReadonlyMap<string, GraphEmail<E>>,
  faults: GraphFault[],
): void {
  const id = node.email.email_id;
  for (const wanted of new Set(node.email.dependencies)) {
    const parent = byId.get(wanted);
    if (parent === node) faults.push(selfFault(id));
    else if (!parent) faults.push(unknownFault(id, wanted));
    else {
      node.parents.push(parent);
      parent.dependents.push(node);
    }
  }
}

/** A depth-first walk towards the parents: an email is left behind all of its parents, and one met again on the way is a cycle. */
function parentsFirst<E extends DependingEmail>(
  nodes: readonly GraphEmail<E>[],
  found: (cycle: GraphEmail<E>[]) => void,
): GraphEmail<E>[] {
  const order: GraphEmail<E>[] = [];
  const seen = new Map<GraphEmail<E>, 'on the way' | 'left'>();
  for (const start of nodes) {
    if (seen.has(start)) continue;
    const way = [{ node: start, next: 0 }];
    seen.set(start, 'on the way');
    for (let last = way.at(-1); last; last = way.at(-1)) {
      const parent = last.node.parents[last.next];
      last.next += 1;
      if (!parent) {
        way.pop();
        seen.set(last.node, 'left');
        order.push(last.node);
      } else if (seen.get(parent) === 'on the way') {
        const cycle = way.splice(way.findIndex(({ node }) => node === parent));
        for (const { node } of cycle) seen.set(node, 'left');
        found(cycle.map(({ node }) => node));
      } else if (!seen.has(parent)) {
        way.push({ node: parent, next: 0 });
        seen.set(parent, 'on the way');
      }
    }
  }
  return order;
}

const duplicateFault = (id: string): GraphFault => ({
  kind: 'duplicate',
  email_ids: [id],
  message: `Email ${id} is there more than once: give each email an id of its own.`,
});

const selfFault = (id: string): GraphFault => ({
  kind: 'self',
  email_ids: [id],
  message: `Email ${id} waits for itself: remove that dependency.`,
});

const unknownFault = (id: string, wanted: string): GraphFault => ({
  kind: 'unknown',
  email_ids: [id, wanted],
  message: `Email ${id} waits for ${wanted}, which is not in this run: add it or remove the dependency.`,
});

const numbers = ['', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** How much of a long cycle its message shows; `email_ids` has all of it. */
const maxShown = 10;

function cycleFault(cycle: readonly GraphEmail[]): GraphFault {
  const ids = cycle.map(({ email }) => email.email_id);
  const [first = '', ...others] = ids;
  const shown = others.slice(0, maxShown).map((id) => ` ${id}, which waits for`);
  const more = others.length > maxShown ? ` ${others.length - maxShown} more, which wait for` : '';
  const count = numbers[ids.length] ?? ids.length;
  return {
    kind: 'cycle',
    email_ids: ids,
    message: `Email ${first} waits for${shown.join('')}${more} ${first}: remove one of the ${count} dependencies.`,
  };
}
