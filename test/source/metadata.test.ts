import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { licenceOf, parseMetadata } from '../../src/source/metadata.ts'

const parse = (text: string) => parseMetadata(Buffer.from(text))

describe('metadata', () => {
  test('headers, folded lines and the body', () => {
    const metadata = parse(
      'Metadata-Version: 2.1\r\nName: toy\r\nVersion: 1.0\r\nClassifier: A :: B\r\nClassifier: C\r\n' +
        'Requires-Dist: numpy>=1\r\nRequires-Dist: x; extra == "dev"\r\nLicense: first\r\n        second\r\n' +
        'Project-URL: Source, https://host.example/a,b\r\nHome-page: https://host.example\r\n\r\n# Title\r\n\r\nText: not a header\r\n',
    )
    expect(metadata).toMatchObject({
      name: 'toy',
      version: '1.0',
      classifiers: ['A :: B', 'C'],
      requiresDist: ['numpy>=1', 'x; extra == "dev"'],
      licence: 'first\nsecond',
      projectUrls: [
        ['Source', 'https://host.example/a,b'],
        ['Homepage', 'https://host.example'],
      ],
      description: '# Title\n\nText: not a header\n',
    })
  })

  test('the description of old metadata is a header', () => {
    expect(parse('Name: a\nDescription: one\n        two\n').description).toBe('one\ntwo')
  })

  test('any bytes are read without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof parseMetadata(bytes).name).toBe('string')
      }),
    )
  })
})

describe('the licence', () => {
  test.each([
    ['License-Expression: MIT\nLicense: other\n', 'MIT'],
    ['License: Apache 2.0\nClassifier: License :: OSI Approved :: MIT License\n', 'Apache 2.0'],
    ['License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n', 'MIT License'],
    [
      'License: A licence text\n        of many lines\nClassifier: License :: OSI Approved :: BSD License\n',
      'BSD License',
    ],
    ['License: A title\n        and a text\n', 'A title'],
    ['Classifier: License :: OSI Approved\n', ''],
    ['Name: a\n', ''],
  ])('%j', (headers, licence) => expect(licenceOf(parse(headers))).toBe(licence))
})
