/**
 * Topics and filters after the text of MQTT 3.1.1, chapter 4.7, written for this proof alone: it shares nothing with what
 * it judges. Level by level, and slowly.
 */

/** 4.7.3: at least one character, no wildcard, no U+0000. */
export function isTopicName(topic: string): boolean {
  return topic.length > 0 && !topic.includes("+") && !topic.includes("#") && !topic.includes("\u0000");
}

/** 4.7.1: `#` stands alone in the last level, `+` alone in its level. */
export function isTopicFilter(filter: string): boolean {
  if (filter.length === 0 || filter.includes("\u0000")) return false;
  const levels = filter.split("/");
  return levels.every((level, n) => {
    if (level.includes("#")) return level === "#" && n === levels.length - 1;
    return !level.includes("+") || level === "+";
  });
}

/** Whether a message on the topic goes to whoever subscribed with the filter. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const given = topic.split("/");
  // 4.7.2: what begins with $ is not matched by a wildcard in the first place.
  if (topic.startsWith("$") && (wanted[0] === "#" || wanted[0] === "+")) return false;
  for (let n = 0; n < wanted.length; n++) {
    // `#` stands for the level above it too, and for all below.
    if (wanted[n] === "#") return true;
    if (n >= given.length) return false;
    if (wanted[n] !== "+" && wanted[n] !== given[n]) return false;
  }
  return wanted.length === given.length;
}
