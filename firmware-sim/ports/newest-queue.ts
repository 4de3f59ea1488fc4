/** First in, first out; when full, the oldest gives way. */
export type NewestQueue<Item> = {
  add(item: Item): void;
  take(): Item | undefined;
};

export function createNewestQueue<Item>(itemsMax: number): NewestQueue<Item> {
  const items: Item[] = [];
  return {
    add: (item) => {
      items.push(item);
      if (items.length > itemsMax) items.shift();
    },
    take: () => items.shift(),
  };
}
