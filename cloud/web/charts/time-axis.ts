/** What stands under the marks of a time axis: 24 hours, the browser's own time zone, the day where a new one begins. */
const MINUTE_S = 60;
const DAY_S = 86_400;

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", options);
const withSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const timeOfDay = format({ hour: "2-digit", minute: "2-digit" });
const dayOfYear = format({ day: "numeric", month: "short" });

/** Labels for `atS`, marks `everyS` apart, both in seconds. */
export function timeLabels(atS: readonly number[], everyS: number): string[] {
  return atS.map((second) => {
    const date = new Date(second * 1_000);
    if (everyS >= DAY_S || isMidnight(date)) return dayOfYear.format(date);
    return (everyS < MINUTE_S ? withSeconds : timeOfDay).format(date);
  });
}

function isMidnight(date: Date): boolean {
  return date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
}
