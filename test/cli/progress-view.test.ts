import { describe, expect, test } from 'vitest'
import { progressView } from '../../src/cli/progress-view.ts'
import { recorder } from './support.ts'

describe('progress without a terminal', () => {
  test('is one plain line per finished stage, and a note when it takes long', () => {
    const out = recorder()
    let time = 0
    const view = progressView(out, () => time)
    view.onProgress({ type: 'started', stage: 'measure' })
    view.onProgress({ type: 'note', stage: 'measure', detail: 'an object' })
    time = 5000
    view.onProgress({ type: 'note', stage: 'measure', detail: 'X found' })
    view.onProgress({ type: 'finished', stage: 'measure', detail: '20 gates', seconds: 4.25 })
    view.onProgress({ type: 'note', stage: 'commit', detail: 'c1 the bridge' })
    view.onProgress({ type: 'warning', detail: 'no sandbox' })
    view.close()
    expect(out.text().split('\n')).toEqual([
      '               X found',
      '✓ Measure      20 gates 4.3 s',
      '✓ Commit       c1 the bridge',
      '! no sandbox',
      '',
    ])
  })

  test('has no escape sequence, even when a package puts one into its name', () => {
    const out = recorder()
    const view = progressView(out)
    view.onProgress({ type: 'finished', stage: 'fetch', detail: 'evil\u001b[2J\rname', seconds: 0 })
    view.close()
    expect(out.text()).toBe('✓ Fetch        evil [2J name\n')
  })
})

describe('progress on a terminal', () => {
  test('shows what is being done, replaces it, and leaves no half line behind', () => {
    const out = recorder({ live: true })
    const view = progressView(out)
    view.onProgress({ type: 'started', stage: 'test', detail: 'installing' })
    view.onProgress({ type: 'note', stage: 'test', detail: 'running' })
    expect(out.text()).toContain('Test         installing')
    view.close()
    expect(out.text().endsWith('\r\u001b[2K')).toBe(true)
  })

  test('a line never runs over the edge', () => {
    const out = recorder({ live: true, width: 60 })
    const view = progressView(out)
    view.onProgress({ type: 'started', stage: 'measure', detail: 'x'.repeat(500) })
    view.close()
    for (const line of out.text().split('\r\u001b[2K')) expect(line.length).toBeLessThanOrEqual(60)
  })
})
