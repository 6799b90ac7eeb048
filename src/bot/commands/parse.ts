/**
 * Finds the commands of a comment. The comment is read as GitHub's Markdown (CommonMark with tables, footnotes and such), and a command counts only at the start of a line of a
 * paragraph that stands by itself: what is quoted, shown as code, listed, linked or hidden is being talked about, not given.
 */

import type { Html, Paragraph, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import type { GivenCommand } from '../../integration/command.ts'
import type { CommentFacts } from '../../integration/hub.ts'
import { parseHint, parseRequirements } from '../../integration/said.ts'
import { isTooDeep } from '../nesting.ts'
import { nearest } from './nearest.ts'
import type { CommandSpec } from './table.ts'
import { COMMANDS, isHere, usage } from './table.ts'

/** Longer comments are not searched, and of one comment so many commands are taken. */
const MAX_LENGTH = 10_000
const MAX_COMMANDS = 10
const MAX_LINE = 999
/** Of one line: the expressions below take more than linear time for longer ones. */
const MAX_COLUMNS = 1000

/** At least one line looks like a command; only then is the comment parsed. */
const WORTH_PARSING = /^ {0,3}\/[A-Za-z]/m
/** A path such as `/etc/hosts` has no end of the word here. */
const COMMAND = /^\/([A-Za-z][A-Za-z-]{0,30})(?:\s+(.*))?$/
/** Raw HTML in which text is quoted, code, a list, a table or folded away. */
const CONTAINERS =
  /<(\/?)(?:a|blockquote|code|del|details|kbd|ol|pre|q|s|samp|script|style|table|template|ul)\b[^<>]*>/gi

/**
 * Returns the commands of a comment in their order; none for a comment of a bot, of this App, or one that was edited, since
 * nobody can see what it said when others agreed with it. `place` is the line in the comment, from 0.
 */
export function parseCommands(comment: CommentFacts): GivenCommand[] {
  const { author, ours, createdAt, updatedAt, body } = comment
  if (ours || author.kind !== 'person' || createdAt !== updatedAt) return []
  if (body.length > MAX_LENGTH || !WORTH_PARSING.test(body) || isTooDeep(body)) return []
  const given: GivenCommand[] = []
  const { lines, fences } = commandLines(body)
  for (const { line, text } of lines) {
    const understood = understand(text, comment.where, fences)
    if (understood === undefined) continue
    const common = {
      source: String(comment.id),
      place: line,
      from: 'comment',
      author: author.login,
      at: createdAt,
    } as const
    if (given.length === MAX_COMMANDS) {
      const advice = `Only the first ${MAX_COMMANDS} commands of a comment are done. Give the others in a new comment.`
      given.push({ ...common, permission: 'anyone', asked: { name: 'unknown', advice } })
      break
    }
    given.push({ ...common, ...understood })
  }
  return given
}

function understand(
  text: string,
  where: CommentFacts['where'],
  fences: readonly string[],
): Pick<GivenCommand, 'permission' | 'asked'> | undefined {
  const [, word = '', rest = ''] = COMMAND.exec(text) ?? []
  const name = word.toLowerCase()
  if (name === '') return undefined
  const spec = COMMANDS.find((one) => one.name === name || one.aliases.includes(name))
  if (spec === undefined) {
    const near = nearest(
      name,
      COMMANDS.flatMap((one) => [one.name, ...one.aliases]),
    )
    return near === undefined ? undefined : unknown(`There is no command \`/${name}\`. Did you mean \`/${near}\`?`)
  }
  if (!isHere(spec, where)) return unknown(elsewhere(spec))
  const words = rest
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((part) => part !== '')
  const asked = spec.parse(words, { rest: rest.trim(), fences })
  return 'problem' in asked ? unknown(asked.problem) : { permission: spec.permission, asked }
}

function elsewhere(spec: CommandSpec): string {
  const place = spec.where === 'issue' ? 'the issue' : 'the pull request'
  return `\`${usage(spec)}\` is given in ${place}.`
}

function unknown(advice: string): Pick<GivenCommand, 'permission' | 'asked'> {
  return { permission: 'anyone', asked: { name: 'unknown', advice } }
}

/** Lines of prose that hold names to install, as the command line spells it. */
const WITH = /^--with[ =]\s*(\S.{0,200})$/
/** Inline code that is worth a look: a call, an item, an assignment. */
const CODE = /[([=]/

/**
 * What may answer a question without a command, in a new comment of a person that holds no command: code in fences and in
 * marks, and lines that begin with `--with`. Whether it counts is decided by who may answer and when.
 */
export function parseAnswers(comment: CommentFacts): GivenCommand[] {
  const { author, ours, createdAt, updatedAt, body } = comment
  if (ours || author.kind !== 'person' || createdAt !== updatedAt || comment.where !== 'issue') return []
  if (body.length > MAX_LENGTH || !/[`~]|^ {4}|--with/m.test(body) || isTooDeep(body)) return []
  if (parseCommands(comment).length > 0) return []
  const common = { source: String(comment.id), from: 'comment', author: author.login, at: createdAt } as const
  const implied = { ...common, permission: 'requester', implied: true } as const
  const given: GivenCommand[] = []
  const take = (line: number, asked: GivenCommand['asked'] | undefined) => {
    if (asked !== undefined && line <= MAX_LINE && given.length < MAX_COMMANDS)
      given.push({ ...implied, place: line, asked })
  }
  const open = new Containers()
  for (const node of parseMarkdown(body).children) {
    const line = (node.position?.start.line ?? 1) - 1
    if (node.type === 'html') open.pass(node)
    if (open.isInside()) continue
    if (node.type === 'code') take(line, hintOf(node.value))
    if (node.type !== 'paragraph') continue
    for (const text of body.split(/\r\n|\n|\r/).slice(line, node.position?.end.line)) take(line, withOf(text.trim()))
    const code = node.children.flatMap((child) => (child.type === 'inlineCode' ? [child.value] : []))
    const names = code.flatMap((one) => withOf(one.trim()) ?? [])
    for (const one of names) take(line, one)
    const lines = code.filter((one) => CODE.test(one) && !one.startsWith('/') && withOf(one.trim()) === undefined)
    if (lines.length > 0) take(line, hintOf(lines.join('\n')))
  }
  // Of several in one line of the comment, the first has its place.
  return given.filter((one, index) => given.findIndex(({ place }) => place === one.place) === index)
}

function hintOf(text: string): GivenCommand['asked'] | undefined {
  const code = parseHint(text)
  return 'value' in code ? { name: 'hint', code: code.value } : undefined
}

function withOf(text: string): GivenCommand['asked'] | undefined {
  const names = WITH.exec(text)?.[1]
  const requirements = names === undefined ? undefined : parseRequirements(names.replace(/--with[ =]/g, ' '))
  return requirements !== undefined && 'value' in requirements
    ? { name: 'with', requirements: requirements.value }
    : undefined
}

/** Without the search for addresses in finished text: no command depends on it, and deep nesting ends its recursion badly. */
const MDAST = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }))

function parseMarkdown(body: string): Root {
  return fromMarkdown(body, { extensions: [gfm()], mdastExtensions: MDAST })
}

/** Lines of paragraphs at the top level that begin with a slash in plain text, and the code of fences at the top level. */
function commandLines(body: string): {
  readonly lines: readonly { readonly line: number; readonly text: string }[]
  readonly fences: readonly string[]
} {
  const fences: string[] = []
  const lines = body.split(/\r\n|\n|\r/)
  const found: { line: number; text: string }[] = []
  const open = new Containers()
  for (const node of parseMarkdown(body).children) {
    if (node.type === 'html') open.pass(node)
    if (node.type === 'code' && !open.isInside()) fences.push(node.value)
    if (node.type !== 'paragraph') continue
    const starts = open.isInside() ? [] : plainLineStarts(node, open)
    for (const line of starts) {
      const text = lines[line]?.slice(0, MAX_COLUMNS).trim() ?? ''
      if (line <= MAX_LINE && text.startsWith('/')) found.push({ line, text })
    }
    if (starts.length === 0) for (const child of node.children) if (child.type === 'html') open.pass(child)
  }
  return { lines: found, fences }
}

/** Lines (from 0) of the paragraph whose first character is plain text of the paragraph itself. */
function plainLineStarts(paragraph: Paragraph, open: Containers): number[] {
  const starts: number[] = []
  let last = -1
  for (const child of paragraph.children) {
    const [first, end] = [child.position?.start.line, child.position?.end.line]
    if (first === undefined || end === undefined || child.type === 'break') continue
    if (child.type === 'html') open.pass(child)
    // A node that is not text takes the line that it begins, and all that it reaches into.
    for (let line = first; line <= end; line += 1) {
      if (line > last && child.type === 'text' && !open.isInside()) starts.push(line - 1)
      last = Math.max(last, line)
    }
  }
  return starts
}

/** Whether raw HTML has opened something that it has not closed. */
class Containers {
  #depth = 0

  pass({ value }: Html): void {
    if (value.startsWith('<!--')) return
    for (const [, closing] of value.matchAll(CONTAINERS))
      this.#depth = Math.max(0, this.#depth + (closing === '/' ? -1 : 1))
  }

  isInside(): boolean {
    return this.#depth > 0
  }
}
