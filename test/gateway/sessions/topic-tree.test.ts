import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesFilter } from "../../../gateway/sessions/topic-filter.ts";
import { TopicTree } from "../../../gateway/sessions/topic-tree.ts";

describe("a filter", () => {
  test.each([
    ["a/b", "a/b", true],
    ["a/b", "a/c", false],
    ["a/b", "a", false],
    ["a", "a/b", false],
    ["a/+", "a/b", true],
    ["a/+", "a", false],
    ["a/+", "a/", true],
    ["+", "a", true],
    ["+", "/a", false],
    ["/+", "/a", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["a/#", "ab", false],
    ["#", "a/b", true],
    ["#", "$SYS/a", false],
    ["+/a", "$SYS/a", false],
    ["$SYS/#", "$SYS/a", true],
    ["a/+/c", "a/b/c", true],
    ["a/+/c", "a/b/d", false],
    ["A", "a", false],
  ])("%s against %s: %s", (filter, topic, isMatch) => {
    expect(matchesFilter(filter, topic)).toBe(isMatch);
    const tree = new TopicTree<string>();
    tree.add(filter, "bed-1", filter);
    expect(tree.match(topic)).toEqual(isMatch ? [filter] : []);
  });
});

const level = fc.constantFrom("a", "b", "", "$a");
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ["#"] : [])].join("/"));
const change = fc.record({ filter, name: fc.constantFrom("bed-1", "bed-2"), isAdded: fc.boolean() });

test("a tree finds what going through all filters finds, whatever came and went", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), fc.array(topic, { minLength: 1 }), (changes, topics) => {
      const tree = new TopicTree<string>();
      const all = new Map<string, string>();
      for (const { filter: one, name, isAdded } of changes) {
        const key = `${name} ${one}`;
        if (isAdded) {
          tree.add(one, name, key);
          all.set(key, one);
        } else {
          tree.remove(one, name);
          all.delete(key);
        }
      }
      expect(tree.size).toBe(all.size);
      for (const heard of topics) {
        const wanted = [...all].filter(([, one]) => matchesFilter(one, heard)).map(([key]) => key);
        expect(tree.match(heard).sort()).toEqual(wanted.sort());
      }
    }),
  );
});
