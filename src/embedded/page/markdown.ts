/** GitHub Flavored Markdown as the pages show it: rendered by micromark, then reduced to the elements that GitHub keeps. */
import { html, raw } from 'hono/html'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import sanitize from 'sanitize-html'
import type { Repo } from '../entities.ts'
import { type Markup, pageOf } from './layout.ts'

const ELEMENTS = [
  ...[
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'p',
    'br',
    'hr',
    'blockquote',
    'ul',
    'ol',
    'li',
    'pre',
    'code',
    'em',
    'strong',
  ],
  ...['del', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'details', 'summary', 'sub', 'sup', 'kbd', 'input'],
]

/** A body as a part of a page: safe to show, and `#3` leads to what has this number. */
export function markdownOf(repository: Repo, body: string): Markup {
  const linked = (text: string) =>
    text.replace(/(?<![\w/&#])#(\d{1,9})\b/g, (whole, digits: string) => {
      const issue = repository.issues.get(Number(digits))
      const kind = issue?.pull === undefined ? 'issues' : 'pull'
      return issue === undefined ? whole : `<a href="${pageOf(repository)}/${kind}/${digits}">${whole}</a>`
    })
  return html`${raw(renderMarkdown(body, linked))}`
}

/** HTML without script, style, image and form. */
function renderMarkdown(body: string, linked: (text: string) => string): string {
  const html = micromark(body, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  return sanitize(html, {
    allowedTags: ELEMENTS,
    allowedAttributes: {
      a: ['href'],
      input: ['type', 'checked', 'disabled'],
      td: ['align'],
      th: ['align'],
      details: ['open'],
      code: ['class'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    textFilter: (text, element) => (['a', 'code', 'pre'].includes(element) ? text : linked(text)),
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noreferrer nofollow' }) },
  })
}
