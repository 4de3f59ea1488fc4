/** As text, which both databases read; numbers need no quotes, and as JSON they are written faster than joined. */
export const arrayText = (column: readonly number[]) => `{${JSON.stringify(column).slice(1, -1)}}`;
