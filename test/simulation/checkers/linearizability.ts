/** One operation of a history: `apply` answers the state after it, or null when its answer cannot be had in that state. */
export interface Invocation<S> {
  readonly start: number;
  /** Infinity: no answer came. It may take effect at any later time, or never. */
  readonly end: number;
  readonly apply: (state: S) => S | null;
}

export type LinearizabilityResult =
  | { readonly kind: 'linearizable' }
  /** No order explains it; `reached` is how many answered operations the best one explained. */
  | { readonly kind: 'not linearizable'; readonly reached: number }
  | { readonly kind: 'undecided' };

interface Node<S> {
  readonly index: number;
  /** Null at an answer. */
  readonly invocation: Invocation<S> | null;
  match: Node<S> | null;
  before: Node<S> | null;
  after: Node<S> | null;
}

/** Configurations looked at before the checker gives up: histories are kept small enough that it never does. */
const MOST_CONFIGURATIONS = 200_000;

/**
 * Wing and Gong's search for a linearization, with Lowe's list of what is left and his memory of the configurations (set of
 * linearized operations, state) that led nowhere (G. Lowe, Testing for linearizability, 2017).
 */
export function checkLinearizable<S>(
  invocations: readonly Invocation<S>[],
  initial: S,
  nameOf: (state: S) => string,
): LinearizabilityResult {
  const head = listOf(invocations);
  const answered = invocations.filter(({ end }) => end !== Infinity).length;
  const seen = new Set<string>();
  const done = new Uint16Array(Math.ceil(invocations.length / 16));
  const stack: { node: Node<S>; state: S }[] = [];
  let state = initial;
  let explained = 0;
  let reached = 0;
  let node = head.after;
  while (explained < answered) {
    if (node?.invocation) {
      const next = node.invocation.apply(state);
      if (next !== null && isNew(seen, done, node.index, nameOf(next))) {
        if (seen.size > MOST_CONFIGURATIONS) return { kind: 'undecided' };
        stack.push({ node, state });
        state = next;
        mark(done, node.index);
        lift(node);
        if (node.match) explained += 1;
        reached = Math.max(reached, explained);
        node = head.after;
      } else {
        node = node.after;
      }
      continue;
    }
    // An answer whose call is not linearized yet, or the end: go back on the last choice.
    const last = stack.pop();
    if (last === undefined) return { kind: 'not linearizable', reached };
    state = last.state;
    mark(done, last.node.index);
    putBack(last.node);
    if (last.node.match) explained -= 1;
    node = last.node.after;
  }
  return { kind: 'linearizable' };
}

function listOf<S>(invocations: readonly Invocation<S>[]): Node<S> {
  const events: { time: number; isAnswer: boolean; node: Node<S> }[] = [];
  invocations.forEach((invocation, index) => {
    const call: Node<S> = { index, invocation, match: null, before: null, after: null };
    events.push({ time: invocation.start, isAnswer: false, node: call });
    if (invocation.end === Infinity) return;
    const answer: Node<S> = { index, invocation: null, match: null, before: null, after: null };
    call.match = answer;
    events.push({ time: invocation.end, isAnswer: true, node: answer });
  });
  // At equal times calls come first: such operations count as concurrent.
  events.sort((a, b) => a.time - b.time || Number(a.isAnswer) - Number(b.isAnswer));
  const head: Node<S> = { index: -1, invocation: null, match: null, before: null, after: null };
  let last = head;
  for (const { node } of events) {
    last.after = node;
    node.before = last;
    last = node;
  }
  return head;
}

function mark(done: Uint16Array, index: number): void {
  const word = index >> 4;
  done[word] = (done[word] as number) ^ (1 << (index & 15));
}

function isNew(seen: Set<string>, done: Uint16Array, index: number, state: string): boolean {
  mark(done, index);
  const key = String.fromCharCode(...done) + state;
  mark(done, index);
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function lift<S>(node: Node<S>): void {
  unlink(node);
  if (node.match) unlink(node.match);
}

function putBack<S>(node: Node<S>): void {
  if (node.match) link(node.match);
  link(node);
}

function unlink<S>(node: Node<S>): void {
  if (node.before) node.before.after = node.after;
  if (node.after) node.after.before = node.before;
}

function link<S>(node: Node<S>): void {
  if (node.before) node.before.after = node;
  if (node.after) node.after.before = node;
}
