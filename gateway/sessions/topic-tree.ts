/**
 * Filters by their levels, so that a message finds those that match it without looking at all of them. Values of a filter
 * go by a name; a filter of the same name replaces the value.
 */
type Branch<Value> = { readonly next: Map<string, Branch<Value>>; readonly values: Map<string, Value> };

const branch = <Value>(): Branch<Value> => ({ next: new Map(), values: new Map() });

export class TopicTree<Value> {
  readonly #root: Branch<Value> = branch();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(filter: string, name: string, value: Value): void {
    let at = this.#root;
    for (const level of filter.split("/")) {
      let below = at.next.get(level);
      if (below === undefined) {
        below = branch();
        at.next.set(level, below);
      }
      at = below;
    }
    if (!at.values.has(name)) this.#size++;
    at.values.set(name, value);
  }

  remove(filter: string, name: string): void {
    const way: [Branch<Value>, string][] = [];
    let at = this.#root;
    for (const level of filter.split("/")) {
      const below = at.next.get(level);
      if (below === undefined) return;
      way.push([at, level]);
      at = below;
    }
    if (at.values.delete(name)) this.#size--;
    // A branch without values and without branches goes, or filters that nobody uses any more would stay for ever.
    for (const [above, level] of way.reverse()) {
      if (at.values.size > 0 || at.next.size > 0) return;
      above.next.delete(level);
      at = above;
    }
  }

  /** Everything whose filter matches, wildcards first. */
  match(topic: string): Value[] {
    const found: Value[] = [];
    const levels = topic.split("/");
    const visit = (at: Branch<Value>, depth: number) => {
      // What begins with a $ is the broker's own, and no wildcard reaches it.
      const isHidden = depth === 0 && topic.startsWith("$");
      const rest = isHidden ? undefined : at.next.get("#");
      if (rest !== undefined) found.push(...rest.values.values());
      const level = levels[depth];
      if (level === undefined) {
        found.push(...at.values.values());
        return;
      }
      const any = isHidden ? undefined : at.next.get("+");
      if (any !== undefined) visit(any, depth + 1);
      // A topic has no wildcards; one that came all the same is not taken for a filter.
      const same = level === "+" || level === "#" ? undefined : at.next.get(level);
      if (same !== undefined) visit(same, depth + 1);
    };
    visit(this.#root, 0);
    return found;
  }
}
