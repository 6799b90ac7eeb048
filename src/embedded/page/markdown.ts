/** GitHub Flavored Markdown as the pages show it: rendered by micromark, then reduced to the elements that GitHub keeps. */
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import sanitize from 'sanitize-html'

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

/** Renders a body to HTML that is safe to show: no script, no style, no image, no form. */
export function renderMarkdown(body: string): string {
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
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noreferrer nofollow' }) },
  })
}
