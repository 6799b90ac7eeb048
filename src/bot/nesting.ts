/**
 * Bounds what a parser of Markdown is given. Its time grows with the square of the depth of quotes and lists within each other, so
 * that a page of `1. 1. 1. …` by a stranger would hold up everything else for seconds.
 */

/** Containers that one line opens; nobody writes so many. */
const MAX_DEPTH = 20
const OPENED = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*/
const MARK = />|[-+*]|\d{1,9}[.)]/g

/** Whether a line of the text opens more quotes and lists within each other than anybody would write. */
export function isTooDeep(markdown: string): boolean {
  return markdown
    .split(/\r\n|\n|\r/)
    .some((line) => [...(OPENED.exec(line)?.[0] ?? '').matchAll(MARK)].length > MAX_DEPTH)
}
