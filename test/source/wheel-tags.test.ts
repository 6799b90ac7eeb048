import { describe, expect, test } from 'vitest'
import {
  acceptedTags,
  cpythonTags,
  linuxPlatforms,
  macPlatforms,
  parseWheelName,
  rankWheel,
} from '../../src/source/wheel-tags.ts'

const linux = { version: '3.11.7', tags: cpythonTags('3.11.7', linuxPlatforms(36, 'x86_64')) }
const rank = (filename: string, python = linux) => {
  const name = parseWheelName(filename)
  return name === undefined ? undefined : rankWheel(name, acceptedTags(python))
}

describe('wheel names', () => {
  test('with a build tag and several platforms', () => {
    expect(parseWheelName('a_b-1.0-2x-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl')).toEqual({
      name: 'a_b',
      version: '1.0',
      build: '2x',
      tags: ['cp311-cp311-manylinux_2_17_x86_64', 'cp311-cp311-manylinux2014_x86_64'],
    })
  })

  test.each(['a-1.0.tar.gz', 'a-1.0.whl', 'a-b-c-d-e-f-g.whl', `a-1-${'x.'.repeat(40)}-${'y.'.repeat(40)}-any.whl`])(
    'not %s',
    (filename) => expect(parseWheelName(filename)).toBeUndefined(),
  )
})

describe('fitting', () => {
  test.each([
    'a-1-cp311-cp311-manylinux_2_28_x86_64.whl',
    'a-1-cp311-cp311-manylinux2014_x86_64.whl',
    'a-1-cp38-abi3-manylinux_2_17_x86_64.whl',
    'a-1-cp311-none-linux_x86_64.whl',
    'a-1-py3-none-manylinux1_x86_64.whl',
    'a-1-py2.py3-none-any.whl',
    'a-1-py37-none-any.whl',
  ])('%s', (filename) => expect(rank(filename)).toBeGreaterThanOrEqual(0))

  test.each([
    'a-1-cp312-cp312-manylinux_2_17_x86_64.whl',
    'a-1-cp311-cp311t-manylinux_2_17_x86_64.whl',
    'a-1-cp312-abi3-manylinux_2_17_x86_64.whl',
    'a-1-cp311-cp311-manylinux_2_38_x86_64.whl',
    'a-1-cp311-cp311-manylinux_2_17_aarch64.whl',
    'a-1-cp311-cp311-musllinux_1_2_x86_64.whl',
    'a-1-cp311-cp311-win_amd64.whl',
    'a-1-py2-none-any.whl',
    'a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl',
  ])('not %s', (filename) => expect(rank(filename)).toBeUndefined())

  test('the more special one first', () => {
    const order = ['a-1-cp311-cp311-linux_x86_64.whl', 'a-1-cp311-abi3-linux_x86_64.whl', 'a-1-py3-none-any.whl']
    const ranks = order.map((filename) => rank(filename) ?? Number.NaN)
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
  })

  test('macOS', () => {
    const mac = { version: '3.12.1', tags: cpythonTags('3.12.1', macPlatforms(24, 'arm64')) }
    expect(rank('a-1-cp312-cp312-macosx_11_0_arm64.whl', mac)).toBeDefined()
    expect(rank('a-1-cp312-cp312-macosx_10_9_universal2.whl', mac)).toBeDefined()
    expect(rank('a-1-cp312-cp312-macosx_10_9_x86_64.whl', mac)).toBeUndefined()
    expect(rank('a-1-cp312-cp312-macosx_26_0_arm64.whl', mac)).toBeUndefined()
  })

  test('this machine accepts pure wheels without being told its tags', () => {
    expect(rank('a-1-py3-none-any.whl', { version: '3.13.0' } as typeof linux)).toBeDefined()
  })
})
