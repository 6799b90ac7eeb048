/** Finds the attributes that methods assign on `self`. */
import type { Node } from 'web-tree-sitter'

export interface SelfAttribute {
  readonly name: string
  /** Where it stands in the text. */
  readonly index: number
}

/** What may be an assignment, an annotation or a part of a pattern; what it is, the tree says. */
const ON_SELF = /\bself\s*\.\s*\w+\s*(?:=(?!=)|:|,)/g

/**
 * In the order of the text. The places come from the text: to walk through every method for its assignments takes a tenth of
 * the time of parsing it.
 *
 * @param source the text that the tree was made from
 */
export function selfAttributes(root: Node, source: string): SelfAttribute[] {
  const found: SelfAttribute[] = []
  for (const { index } of source.matchAll(ON_SELF)) {
    const target = root.namedDescendantForIndex(index)?.parent
    if (target?.type !== 'attribute' || target.childForFieldName('object')?.startIndex !== index) continue
    const left = target.parent?.type === 'pattern_list' ? target.parent : target
    const assignment = left.parent
    if (assignment?.type !== 'assignment' || assignment.childForFieldName('left')?.id !== left.id) continue
    const name = target.childForFieldName('attribute')?.text
    if (name) found.push({ name, index })
  }
  return found
}
