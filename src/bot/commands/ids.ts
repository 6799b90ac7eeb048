/** Ids of changes as people write them. */

const MAX_IDS = 50

/** Each once, in their order; undefined when there are none, too many, or something else among them. */
export function idsOf(words: readonly string[], shape: RegExp): string[] | undefined {
  const ids = [...new Set(words)]
  return ids.length > 0 && ids.length <= MAX_IDS && ids.every((id) => shape.test(id)) ? ids : undefined
}
