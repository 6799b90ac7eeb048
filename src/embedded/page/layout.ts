/** The frame of every page, and the few shapes that pages share. */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Account, Repo } from '../entities.ts'
import { STYLE } from './style.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** Whoever looks at the pages chooses whom to be. */
export interface Visitor {
  readonly account: Account
  readonly everybody: readonly Account[]
}

export interface Frame {
  readonly title: string
  readonly visitor: Visitor | undefined
  readonly repository?: Repo
  /** What a form could not do, in the API's own words. */
  readonly problem?: string | undefined
  /** Path of this page, to come back to. */
  readonly path: string
}

/** Wraps a page's content. */
export function layout(frame: Frame, content: Markup): Markup {
  const { title, visitor, repository, problem, path } = frame
  const base = repository === undefined ? undefined : `/${repository.owner.login}/${repository.name}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
  <a class="home" href="/">GitHub in a box</a>
  ${
    base === undefined
      ? ''
      : html`<nav><a href="${base}"><b>${repository?.owner.login}/${repository?.name}</b></a>
  <a href="${base}/issues">Issues</a> <a href="${base}/pulls">Pull requests</a> <a href="${base}/issues/new">File an issue</a></nav>`
  }
  ${visitor === undefined ? '' : chooser(visitor, path)}
</header>
<main>
${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
${content}
</main>
<footer>Everything here lives on this machine: the repository, the simulator, this page. Nothing is sent anywhere. <a href="${path}">Look again</a></footer>
</body>
</html>`
}

function chooser({ account, everybody }: Visitor, path: string): Markup {
  return html`<form method="post" action="/as" class="as"><input type="hidden" name="back" value="${path}">
  <label>You are <select name="login">${everybody.map(
    (one) => html`<option ${one.login === account.login ? raw('selected') : ''}>${one.login}</option>`,
  )}</select></label> <button>Change</button></form>`
}

/** `✓`, `✗`, `●` with a word for those who do not see the colour. */
export function stateMark(status: string, conclusion: string | null): Markup {
  if (status !== 'completed') return html`<span class="mark wait" title="${status}">●</span>`
  const good = conclusion === 'success'
  const waits = conclusion === 'action_required'
  const kind = good ? 'good' : waits ? 'wait' : 'bad'
  return html`<span class="mark ${kind}" title="${conclusion ?? ''}">${good ? '✓' : waits ? '!' : '✗'}</span>`
}

/** One box of a conversation: who, when, what. */
export function box(head: Markup, body: Markup, id?: string): Markup {
  return html`<section class="box" ${id === undefined ? '' : raw(`id="${id}"`)}><div class="head">${head}</div><div class="body">${body}</div></section>`
}

/** A form whose answer is this page again. */
export function actionForm(action: string, path: string, content: Markup): Markup {
  return html`<form method="post" action="${action}"><input type="hidden" name="back" value="${path}">${content}</form>`
}
