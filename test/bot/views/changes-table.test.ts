import { expect, test } from 'vitest'
import { views } from '../../../src/bot/views/views.ts'
import { approved, mixed, proposed, pullModel } from './models.ts'

const body = views.pullBody(pullModel)

test('a renewed body differs only between the markers', () => {
  const edited = `Note of Ann.\n\n${body}\n- [ ] her list\n`
  const renewed = views.renewPullBody(edited, mixed)
  const around = (text: string) => [text.split('<!-- graft:table ')[0], text.split('<!-- graft:table-end -->')[1]]
  expect(around(renewed)).toEqual(around(edited))
  expect(renewed).toContain('taken back by `r1`')
  expect(views.renewPullBody(renewed, proposed)).toBe(edited)
})

test('an approval alone rewrites nothing', () => {
  expect(views.renewPullBody(body, approved)).toBe(body)
})

test('nothing differs: the same text, also after GitHub’s editor changed the line ends', () => {
  expect(views.renewPullBody(body, proposed)).toBe(body)
  const crlf = body.replaceAll('\n', '\r\n')
  expect(views.renewPullBody(crlf, proposed)).toBe(crlf)
})

test('a table that somebody deleted comes back at the end, once', () => {
  const without = 'Only this.\n'
  const renewed = views.renewPullBody(without, approved)
  expect(renewed).toMatch(/^Only this\.\n\n<!-- graft:table pull -->\n/)
  expect(views.renewPullBody(renewed, approved)).toBe(renewed)
  const half = body.replace('<!-- graft:table-end -->', '')
  const mended = views.renewPullBody(half, proposed)
  expect(mended.match(/<!-- graft:table 12 -->/g)).toHaveLength(1)
  expect(views.renewPullBody(mended, proposed)).toBe(mended)
})

test('an empty body becomes the table', () => {
  expect(views.renewPullBody('', proposed)).toMatch(/^<!-- graft:table pull -->/)
})

test('what has all been taken back is said', () => {
  const none = mixed.filter((change) => change.state.type === 'reverted')
  expect(views.renewPullBody('', none)).toContain('**Every change is taken back.**')
})
