/**
 * Reads what GitHub makes of a filled-in issue form: a heading for each field, below it what the person entered. People edit
 * issues, so the order, the level of headings and empty fields do not matter.
 */
import type { RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { type FormField, fieldOf } from './fields.ts'

/** What stands below the heading of one field. */
export interface Section {
  readonly field: FormField
  /** On one line, without invisible characters; empty where nothing was entered. */
  readonly text: string
  /** The same with its lines, as code needs them: of fences their content, of paragraphs what was typed. */
  readonly lines: string
  /** Items of lists, those with an empty box left out; `undefined` where there is no list. */
  readonly items: readonly string[] | undefined
}

/** The sections in their order; a field that stands there twice is twice in it. Headings inside quotes and code do not count. */
export function readSections(body: string): Section[] {
  const sections: { field: FormField | undefined; nodes: RootContent[] }[] = []
  for (const node of fromMarkdown(body).children) {
    if (node.type === 'heading') sections.push({ field: fieldOf(plainText(node, body)), nodes: [] })
    else sections.at(-1)?.nodes.push(node)
  }
  return sections.flatMap(({ field, nodes }) => {
    if (field === undefined) return []
    const shown = nodes.filter((node) => !(node.type === 'html' && node.value.startsWith('<!--')))
    const parts = shown.map((node) => entered(node, body))
    const text = oneLine(parts.join(' '))
    const empty = /^(_no response_|no response$)/i.test(text)
    return [
      {
        ...{ field, text: empty ? '' : text, lines: empty ? '' : manyLines(parts.join('\n')) },
        items: itemsOf(shown, body),
      },
    ]
  })
}

/** One line without control, format and separator characters, which could hide or reorder what is seen. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
}

/** The same rule for each line; what stands at its beginning is Python's indentation. */
function manyLines(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .replace(/\t/g, '    ')
        .replace(/[^\P{C}]+|[\p{Zl}\p{Zp}]+/gu, ' ')
        .trimEnd(),
    )
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
}

/** What the person typed: markup of theirs stays as characters, but for code marks around the whole. */
function entered(node: RootContent, body: string): string {
  if (node.type === 'code') return node.value
  const [only, ...others] = node.type === 'paragraph' ? node.children : []
  return only?.type === 'inlineCode' && others.length === 0 ? only.value : slice(node, body)
}

function itemsOf(nodes: readonly RootContent[], body: string): string[] | undefined {
  const lists = nodes.flatMap((node) => (node.type === 'list' ? [node] : []))
  if (lists.length === 0) return undefined
  return lists
    .flatMap((list) => list.children)
    .flatMap((item) => item.children.slice(0, 1).map((child) => oneLine(slice(child, body))))
    .flatMap((text) => (/^\[ ?\]/.test(text) ? [] : [text.replace(/^\[[xX]\]\s*/, '')]))
}

function plainText(node: Extract<RootContent, { type: 'heading' }>, body: string): string {
  return node.children.map((child) => slice(child, body)).join('')
}

function slice(node: Pick<RootContent, 'position'>, body: string): string {
  return body.slice(node.position?.start.offset, node.position?.end.offset)
}
