/** Whether an issue is a request, and what it asks for: the form, or a free text that names one package beyond doubt. */
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import type { IssueFacts } from '../../integration/hub.ts'
import { REQUEST_LABEL } from '../../integration/issue-thread.ts'
import { issueRequest } from '../../values/issue-request.ts'
import { type ParsedRequest, parseIssueForm, readSource } from './parse.ts'

const MAX_LENGTH = 10_000
const PACKAGE_URL = /\bpkg:[a-z]+\/[A-Za-z0-9@%._/+-]+/gi
const TITLE =
  /^(?:please )?integrate (?:the |a )?(?:quantum )?(?:simulator |backend )?(?!(?:the|a|quantum|simulator|backend)$)(\S+?)[.!]?$/i

/**
 * Reads an issue. A filled-in form is a request with or without the label (GitHub drops a label that the repository does not
 * have). An issue with the label and without the form is one as well: it is understood when title and text name exactly one
 * package URL, or when the title is "Integrate quantum simulator NAME"; otherwise the problem says how to write it. Everything
 * else is none of Graft's: undefined.
 */
export function readRequest(
  issue: Pick<IssueFacts, 'title' | 'body' | 'labels'>,
  takenNames: readonly string[] = [],
): ParsedRequest | undefined {
  const labelled = issue.labels.includes(REQUEST_LABEL)
  const form = parseIssueForm(issue.body, { labelled, takenNames })
  if (form !== undefined) return form
  if (!labelled) return undefined
  const named = new Set([...issue.title.slice(0, 500).matchAll(PACKAGE_URL), ...packageUrls(issue.body)].map(sourceOf))
  const [only, ...others] = named
  const wanted = only ?? TITLE.exec(issue.title.slice(0, 500).trim())?.[1] ?? ''
  const source = readSource(wanted)
  if (others.length === 0 && 'source' in source) {
    return { request: issueRequest.parse({ source: source.source, options: {}, simulatorTypes: [] }) }
  }
  return {
    problems: [
      {
        field: 'issue',
        expected:
          'one package: write its package URL (pkg:pypi/NAME@VERSION) into the text, or open a new issue with the form "Integrate a quantum simulator"',
      },
    ],
  }
}

/** Canonical where it is a package that can be read; as it stands otherwise, so that it counts as one more. */
function sourceOf(match: RegExpMatchArray): string {
  const text = match[0].replace(/[.]+$/, '')
  const source = readSource(text)
  return 'source' in source ? source.source : text
}

/** Package URLs in what the person wrote, not in what they quote. */
function packageUrls(body: string): RegExpMatchArray[] {
  if (body.length > MAX_LENGTH) return []
  const found: RegExpMatchArray[] = []
  const waiting: Nodes[] = [fromMarkdown(body)]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'blockquote' || node.type === 'html') continue
    if ('children' in node) waiting.push(...node.children)
    else if ('value' in node) found.push(...node.value.matchAll(PACKAGE_URL))
  }
  return found
}
