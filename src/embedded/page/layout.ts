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

const FOLLOW_SECONDS = 3

export interface Frame {
  readonly title: string
  readonly visitor: Visitor | undefined
  readonly repository?: Repo
  /** What a form could not do, in the API's own words. */
  readonly problem?: string | undefined
  /** Path of this page, to come back to. */
  readonly path: string
  /** The page loads itself again every few seconds. */
  readonly follow?: boolean
}

/** Wraps a page's content. */
export function layout(frame: Frame, content: Markup): Markup {
  const { title, visitor, repository, problem, path, follow = false } = frame
  const base = repository === undefined ? undefined : pageOf(repository)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${follow ? html`<meta http-equiv="refresh" content="${FOLLOW_SECONDS}">` : ''}
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
  <a href="${base}/issues">Issues</a> <a href="${base}/pulls">Pull requests</a> <a href="${base}/actions">Actions</a> <a href="${base}/issues/new">File an issue</a></nav>`
  }
  ${visitor === undefined ? '' : chooser(visitor, path)}
</header>
<main>
${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
${content}
</main>
<footer><p>${follow ? html`This page loads itself again every ${FOLLOW_SECONDS} seconds. <a href="${path}">Stop that</a>` : html`<a href="${path}">Look again</a> · <a href="${path}?follow=1">Follow: load it again every ${FOLLOW_SECONDS} seconds</a>`}</p>
<p class="muted">An imitation of GitHub on this machine, not GitHub: what a GitHub App meets, no more. Graft, the repository, the package and the simulator are real.</p></footer>
</body>
</html>`
}

function chooser({ account, everybody }: Visitor, path: string): Markup {
  return html`<form method="post" action="/as" class="as"><input type="hidden" name="back" value="${path}">
  <label>You are <select name="login">${everybody.map(
    (one) => html`<option ${one.login === account.login ? raw('selected') : ''}>${one.login}</option>`,
  )}</select></label> <button>Change</button></form>`
}

/** Path of a repository's pages. */
export function pageOf(repository: Repo): string {
  return `/${repository.owner.login}/${repository.name}`
}

/** A commit's short name, which leads to its page. */
export function shaLink(repository: Repo, sha: string): Markup {
  return html`<a href="${pageOf(repository)}/commit/${sha}"><code>${sha.slice(0, 8)}</code></a>`
}

/** Time of the day; all of it happened today. */
export function time(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`
}

/** `✓`, `✗`, `●` with a word for those who do not see the colour. */
export function stateMark(status: string, conclusion: string | null): Markup {
  if (status !== 'completed') {
    const running = status === 'in_progress'
    return html`<span class="mark ${running ? 'wait' : 'muted'}" title="${status.replace('_', ' ')}">${running ? '▸' : '·'}</span>`
  }
  if (['skipped', 'neutral', 'cancelled'].includes(conclusion ?? '')) {
    return html`<span class="mark muted" title="${conclusion ?? ''}">–</span>`
  }
  const good = conclusion === 'success'
  const waits = conclusion === 'action_required'
  const kind = good ? 'good' : waits ? 'wait' : 'bad'
  return html`<span class="mark ${kind}" title="${conclusion ?? ''}">${good ? '✓' : waits ? '!' : '✗'}</span>`
}

/** One box of a conversation: who, when, what. Without a body only the line at its top. */
export function box(head: Markup, body?: Markup, id?: string): Markup {
  return html`<section class="box" ${id === undefined ? '' : raw(`id="${id}"`)}><div class="head">${head}</div>${body === undefined ? '' : html`<div class="body">${body}</div>`}</section>`
}

/** A form whose answer is this page again. */
export function actionForm(action: string, path: string, content: Markup): Markup {
  return html`<form method="post" action="${action}"><input type="hidden" name="back" value="${path}">${content}</form>`
}
